package dev.asterism.bench;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.ChannelsFrom;
import io.grpc.ManagedChannel;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The nodes of one join-service. */
final class Nodes {
  private static final PeerVerification.Listener NOBODY =
      new PeerVerification.Listener() {
        @Override
        public void appraised(String peerAddress, Appraisal appraisal, long generation) {}

        @Override
        public void rejected(String peerAddress, String reason) {}
      };

  private final Machines machines;
  private final int port;
  private final @Nullable PeerVerification ofService;

  /**
   * @param machines of the authority that the service trusts
   * @param port on loopback
   * @param service how nodes judge it; null where it does not attest
   */
  Nodes(Machines machines, int port, @Nullable JoinConfig service) {
    this.machines = machines;
    this.port = port;
    this.ofService = service == null ? null : members(service);
  }

  private static PeerVerification members(JoinConfig service) {
    Versioned<Verifier> member = new Versioned<>(service.policy().bootstrapped().verifier(), 1);
    return new PeerVerification(() -> member, InstantSource.system(), NOBODY);
  }

  /**
   * A node that joins again and again: each time with a certificate that nobody has seen before, so
   * that nothing of the proof is remembered, and another request, so that no answer is.
   *
   * @param calls how often it will
   */
  Node node(String name, int calls) throws Exception {
    return node(name, "127.0.0.1", calls);
  }

  /**
   * The same at an address of its own.
   *
   * @param address one that loopback has
   */
  Node node(String name, String address, int calls) throws Exception {
    return new Node(name, address, calls);
  }

  final class Node {
    private final ConcurrentLinkedQueue<Issuer> issuers = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<IssueJoinTicketRequest> requests =
        new ConcurrentLinkedQueue<>();
    private final IssueJoinTicketRequest request;
    private final String address;

    private Node(String name, String address, int calls) throws Exception {
      this.address = address;
      Machines.Machine machine = machines.boot();
      for (int i = 0; i < calls; i++) {
        issuers.add(machine.issuer());
      }
      try (SshHostKey hostKey = SshHostKey.generate(new SecureRandom())) {
        request =
            IssueJoinTicketRequest.newBuilder()
                .setDiskUuid(UUID.randomUUID().toString())
                .setCertificateRequest(certificateRequest(name))
                .setHostPublicKey(ByteString.copyFrom(hostKey.publicKey().wire().toArray()))
                .addHostCertificatePrincipals(name)
                .build();
      }
      for (int i = 0; i < calls; i++) {
        requests.add(request.toBuilder().setCertificateRequest(certificateRequest(name)).build());
      }
    }

    private static ByteString certificateRequest(String name) {
      return ByteString.copyFrom(
          CertificateRequests.create(KeyPairs.ecP256(), name, List.of(), List.of()).toArray());
    }

    IssueJoinTicketRequest request() {
      return request;
    }

    IssueJoinTicketResponse join() {
      return call(api -> api.issueJoinTicket(requests.remove()));
    }

    /** After a reboot: a proof for two keys, and nothing of Kubernetes. */
    IssueRejoinTicketResponse rejoin() {
      var wanted = IssueRejoinTicketRequest.newBuilder().setDiskUuid(request.getDiskUuid()).build();
      return call(api -> api.issueRejoinTicket(wanted));
    }

    private <A> A call(Function<APIGrpc.APIBlockingStub, A> what) {
      ManagedChannel channel =
          ChannelsFrom.open(address, port, AtlsClient.context(issuers.remove(), ofService));
      try {
        return what.apply(APIGrpc.newBlockingStub(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
