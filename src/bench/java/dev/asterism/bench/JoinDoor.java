package dev.asterism.bench;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.joinservice.FaultPoints;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.ChannelsFrom;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.PeerLimits.Rate;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The real join-service over a standalone cluster with its audit log on the disk; keys are derived
 * in this process.
 */
final class JoinDoor implements AutoCloseable {
  static final PeerLimits NO_LIMITS =
      new PeerLimits(new Rate(1e6, 1_000_000), new Rate(1e6, 1_000_000), 10_000, 10_000);

  private static final PeerVerification.Listener NOBODY =
      new PeerVerification.Listener() {
        @Override
        public void appraised(String peerAddress, Appraisal appraisal, long generation) {}

        @Override
        public void rejected(String peerAddress, String reason) {}
      };

  private final Machines machines = new Machines();
  private final AuditLog audit;
  private final JoinServiceRole role;

  /** How nodes verify it; null where it does not attest. */
  private final @Nullable PeerVerification byNodes;

  /**
   * @param folder for the control plane's files and the audit log
   * @param objects for the cluster's objects, which elsewhere an API server keeps
   * @param connections {@link #NO_LIMITS} for storms, as all clients have one address
   * @param attests whether it proves to nodes what it is, by a software TPM of its own
   */
  JoinDoor(Path folder, Path objects, PeerLimits connections, boolean attests) throws Exception {
    InstantSource clock = InstantSource.system();
    var random = new SecureRandom();
    Path node = Files.createDirectory(folder.resolve("control-plane"));
    new StandaloneKubeadm(node, objects, clock)
        .init(
            new InitPlan(
                "bench",
                "v1.34.0",
                "control-plane",
                "10.0.0.1",
                "10.0.0.1:6443",
                List.of(),
                "10.96.0.0/12",
                false,
                List.of()));
    JoinConfig config =
        JoinConfig.parse(
            new QemuVtpm(), Bytes.ofUtf8(Json.line(machines.attestationConfig())), Bytes.zeros(32));
    Versioned<Verifier> member = new Versioned<>(config.policy().bootstrapped().verifier(), 1);
    byNodes = attests ? new PeerVerification(() -> member, clock, NOBODY) : null;
    audit = new AuditLog(folder.resolve("audit.jsonl"), clock);
    role =
        JoinServiceRole.start(
            () -> new Versioned<>(config, 1),
            new StandaloneCluster(node, objects, clock, random),
            new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32)),
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            attests ? member() : null,
            clock,
            connections,
            FaultPoints.NONE);
  }

  private Issuer member() throws Exception {
    Machines.Machine machine = machines.boot();
    machine.join(Bytes.zeros(32));
    return machine.issuer();
  }

  int port() {
    return role.port();
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

  @Override
  public void close() throws IOException {
    role.close();
    audit.close();
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
          ChannelsFrom.open(address, port(), AtlsClient.context(issuers.remove(), byNodes));
      try {
        return what.apply(APIGrpc.newBlockingStub(channel));
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
