package dev.asterism.testing;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.attestation.Issuer;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A node at the door of a join-service, on one channel until it is closed. */
public final class JoinServiceNode implements AutoCloseable {
  private static final AtomicInteger NODES = new AtomicInteger();

  public final String name;

  /** Another one for each node. */
  public final String ip = address(NODES.incrementAndGet());

  public final KeyPair kubelet = KeyPairs.ecP256();
  public final SshHostKey hostKey = SshHostKey.generate(new SecureRandom());
  public final String disk;

  private final ManagedChannel channel;

  /**
   * @param issuer null: the node presents a certificate without evidence
   */
  public JoinServiceNode(int port, String name, @Nullable Issuer issuer) {
    this(port, name, issuer, UUID.randomUUID().toString());
  }

  /** A node with a disk that has been elsewhere, or here before. */
  public JoinServiceNode(int port, String name, @Nullable Issuer issuer, String disk) {
    this.name = name;
    this.disk = disk;
    this.channel = Channels.open("127.0.0.1:" + port, AtlsClient.context(issuer, null));
  }

  private static String address(int number) {
    return "10.1." + (number >> 8 & 0xff) + "." + (number & 0xff);
  }

  /** The request of an honest node. */
  public IssueJoinTicketRequest.Builder request(boolean controlPlane) {
    return request(controlPlane, List.of(), List.of(ip));
  }

  /** The same for other names and addresses in the kubelet's certificate. */
  public IssueJoinTicketRequest.Builder request(
      boolean controlPlane, List<String> dnsNames, List<String> addresses) {
    Bytes csr = CertificateRequests.create(kubelet, name, dnsNames, addresses);
    return IssueJoinTicketRequest.newBuilder()
        .setDiskUuid(disk)
        .setCertificateRequest(ByteString.copyFrom(csr.toArray()))
        .setIsControlPlane(controlPlane)
        .setHostPublicKey(ByteString.copyFrom(hostKey.publicKey().wire().toArray()))
        .addHostCertificatePrincipals(name)
        .addHostCertificatePrincipals(ip);
  }

  public IssueJoinTicketResponse join(IssueJoinTicketRequest.Builder request) {
    return APIGrpc.newBlockingStub(channel).issueJoinTicket(request.build());
  }

  public IssueRejoinTicketResponse rejoin(String diskUuid) {
    return APIGrpc.newBlockingStub(channel)
        .issueRejoinTicket(IssueRejoinTicketRequest.newBuilder().setDiskUuid(diskUuid).build());
  }

  @Override
  public void close() {
    channel.shutdownNow();
    hostKey.close();
  }
}
