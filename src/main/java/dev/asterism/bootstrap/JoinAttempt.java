package dev.asterism.bootstrap;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.node.Role;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** This node's side of asking for a ticket: fresh keys, and the request that names them. */
final class JoinAttempt implements AutoCloseable {
  private final NodeParts node;
  private final BootstrapSettings settings;
  private final Role role;
  private final KeyPair kubeletKey = KeyPairs.ecP256();
  private final SshHostKey hostKey;
  private final IssueJoinTicketRequest request;

  JoinAttempt(NodeParts node, BootstrapSettings settings, Instance self, SecureRandom random) {
    this.node = node;
    this.settings = settings;
    this.role = self.role();
    this.hostKey = SshHostKey.generate(random);
    this.request = request(self);
  }

  private IssueJoinTicketRequest request(Instance self) {
    Bytes csr = CertificateRequests.create(kubeletKey, self.name(), List.of(), List.of(self.ip()));
    return IssueJoinTicketRequest.newBuilder()
        .setDiskUuid(node.disk().uuid())
        .setCertificateRequest(ByteString.copyFrom(csr.toArray()))
        .setIsControlPlane(role == Role.CONTROL_PLANE)
        .setHostPublicKey(ByteString.copyFrom(hostKey.publicKey().wire().toArray()))
        .addHostCertificatePrincipals(self.name())
        .addHostCertificatePrincipals(self.ip())
        .build();
  }

  /**
   * Asks one join-service, proving this node over the connection.
   *
   * @return the ticket, checked; close it
   * @throws StatusRuntimeException if the connection or the call fails
   * @throws MalformedException if the ticket is not what it must be
   */
  Ticket ask(String endpoint) throws MalformedException {
    ManagedChannel channel =
        Channels.open(endpoint, AtlsClient.context(node.issuer(), settings.joinServices()));
    try {
      IssueJoinTicketResponse response =
          APIGrpc.newBlockingStub(channel)
              .withDeadlineAfter(settings.joinDeadline().toMillis(), TimeUnit.MILLISECONDS)
              .issueJoinTicket(request);
      return Ticket.of(
          response, kubeletKey.getPublic(), role == Role.CONTROL_PLANE, settings.rules(node));
    } finally {
      channel.shutdownNow();
    }
  }

  /** PEM. */
  Secret kubeletPrivateKey() {
    return Pem.encode(kubeletKey.getPrivate());
  }

  /** OpenSSH's own format. */
  Secret sshPrivateKey() {
    return hostKey.openSshPrivateKey();
  }

  @Override
  public void close() {
    hostKey.close();
  }
}
