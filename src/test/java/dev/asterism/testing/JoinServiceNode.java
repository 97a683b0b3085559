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
import org.jspecify.annotations.Nullable;

/** A node at the door of a join-service, on one channel until it is closed. */
public final class JoinServiceNode implements AutoCloseable {
  public final String name;
  public final KeyPair kubelet = KeyPairs.ecP256();
  public final SshHostKey hostKey = SshHostKey.generate(new SecureRandom());
  public final String disk = UUID.randomUUID().toString();

  private final ManagedChannel channel;

  /**
   * @param issuer null: the node presents a certificate without evidence
   */
  public JoinServiceNode(int port, String name, @Nullable Issuer issuer) {
    this.name = name;
    this.channel = Channels.open("127.0.0.1:" + port, AtlsClient.context(issuer, null));
  }

  /** The request of an honest node. */
  public IssueJoinTicketRequest.Builder request(boolean controlPlane) {
    Bytes csr = CertificateRequests.create(kubelet, name, List.of(), List.of("10.0.0.9"));
    return IssueJoinTicketRequest.newBuilder()
        .setDiskUuid(disk)
        .setCertificateRequest(ByteString.copyFrom(csr.toArray()))
        .setIsControlPlane(controlPlane)
        .setHostPublicKey(ByteString.copyFrom(hostKey.publicKey().wire().toArray()))
        .addHostCertificatePrincipals(name)
        .addHostCertificatePrincipals("10.0.0.9");
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
