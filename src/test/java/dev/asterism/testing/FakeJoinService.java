package dev.asterism.testing;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsServer;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshPublicKey;
import dev.asterism.keys.EmergencySshCa;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.proto.components.Component;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.proto.join.control_plane_cert_or_key;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.RpcServer;
import dev.asterism.wire.Bytes;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives every node that proves itself a ticket, as spoilt as a test wants it. */
public final class FakeJoinService extends APIGrpc.APIImplBase implements AutoCloseable {
  public static final String TOKEN = "abcdef.0123456789abcdef";

  /** Of the one component that it has nodes install: {@code x}. */
  public static final String COMPONENT_HASH =
      "sha256:2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";

  public static final Bytes SALT = Bytes.ofUtf8("the measurement salt, 32 bytes..");
  public static final KeySource KEYS =
      new HkdfKeySource(
          Secret.copyOf(Bytes.ofUtf8("the master secret of 32 bytes...")), Bytes.zeros(32));
  public static final List<String> CONTROL_PLANE_FILES =
      List.of(
          "ca.key",
          "sa.key",
          "front-proxy-ca.key",
          "etcd/ca.key",
          "ca.crt",
          "sa.pub",
          "front-proxy-ca.crt",
          "etcd/ca.crt");

  public final List<IssueJoinTicketRequest> requests = new CopyOnWriteArrayList<>();
  public final List<IssueRejoinTicketRequest> rejoins = new CopyOnWriteArrayList<>();
  private final CertificateAuthority ca =
      CertificateAuthority.create(
          "kubernetes", Instant.now().minusSeconds(60), Instant.now().plusSeconds(3600));
  private final RpcServer server;
  private volatile Verifier verifier = DummyEvidence.verifier(Variant.QEMU_VTPM);
  private volatile Consumer<IssueJoinTicketResponse.Builder> spoil = ticket -> {};
  private volatile Consumer<IssueRejoinTicketResponse.Builder> spoilRejoin = ticket -> {};
  private volatile @Nullable Exception refusal;

  public FakeJoinService() throws IOException {
    this(null);
  }

  /**
   * @param issuer its own evidence; null: it gives none
   */
  public FakeJoinService(@Nullable Issuer issuer) throws IOException {
    var listener =
        new PeerVerification.Listener() {
          @Override
          public void appraised(String peerAddress, Appraisal appraisal, long generation) {}

          @Override
          public void rejected(String peerAddress, String reason) {}
        };
    server =
        RpcServer.builder("fake-join", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .tls(
                AtlsServer.context(
                    issuer,
                    new PeerVerification(
                        () -> new Versioned<>(verifier, 1), InstantSource.system(), listener)))
            .service(this)
            .start();
  }

  public String endpoint() {
    return "127.0.0.1:" + server.port();
  }

  /** How nodes are verified from now on. */
  public void verifier(Verifier judge) {
    verifier = judge;
  }

  /** What is done to every ticket from now on. */
  public void spoil(Consumer<IssueJoinTicketResponse.Builder> how) {
    spoil = how;
  }

  /** The same with tickets for disks that are there. */
  public void spoilRejoin(Consumer<IssueRejoinTicketResponse.Builder> how) {
    spoilRejoin = how;
  }

  /** What is thrown instead of a ticket from now on; null: nothing. */
  public void refuse(@Nullable Exception with) {
    refusal = with;
  }

  @Override
  public void issueJoinTicket(
      IssueJoinTicketRequest request, StreamObserver<IssueJoinTicketResponse> out) {
    requests.add(request);
    Failures.answer(
        out,
        () -> {
          Exception thrown = refusal;
          if (thrown != null) {
            throw thrown;
          }
          IssueJoinTicketResponse.Builder ticket = ticket(request);
          spoil.accept(ticket);
          return ticket.build();
        });
  }

  @Override
  public void issueRejoinTicket(
      IssueRejoinTicketRequest request, StreamObserver<IssueRejoinTicketResponse> out) {
    rejoins.add(request);
    Failures.answer(
        out,
        () -> {
          Exception thrown = refusal;
          if (thrown != null) {
            throw thrown;
          }
          var ticket =
              IssueRejoinTicketResponse.newBuilder()
                  .setStateDiskKey(key(KeyIds.stateDisk(request.getDiskUuid())))
                  .setMeasurementSecret(key(KeyIds.MEASUREMENT_SECRET));
          spoilRejoin.accept(ticket);
          return ticket.build();
        });
  }

  private IssueJoinTicketResponse.Builder ticket(IssueJoinTicketRequest request) throws Exception {
    var csr = CertificateRequests.parse(Bytes.of(request.getCertificateRequest().toByteArray()));
    var ssh = EmergencySshCa.of(KEYS);
    var hostKey = SshPublicKey.parseWire(Bytes.of(request.getHostPublicKey().toByteArray()));
    var ticket =
        IssueJoinTicketResponse.newBuilder()
            .setStateDiskKey(key(KeyIds.stateDisk(request.getDiskUuid())))
            .setMeasurementSalt(ByteString.copyFrom(SALT.toArray()))
            .setMeasurementSecret(key(KeyIds.MEASUREMENT_SECRET))
            .setKubeletCert(
                ByteString.copyFromUtf8(
                    Pem.encode(
                        ca.issue(
                            new CertificateAuthority.Request(
                                csr.key(),
                                csr.subject(),
                                Instant.now().minus(Duration.ofHours(2)),
                                Instant.now().plus(Duration.ofHours(1)),
                                CertificateAuthority.Usage.KUBELET,
                                csr.dnsNames(),
                                csr.ipAddresses())))))
            .setApiServerEndpoint("api.example:6443")
            .setToken(TOKEN)
            .setDiscoveryTokenCaCertHash("sha256:" + "0a".repeat(32))
            .setAuthorizedCaPublicKey(
                ByteString.copyFromUtf8(ssh.publicKey().authorizedKeysLine("")))
            .setHostCertificate(
                ByteString.copyFromUtf8(
                    ssh.certify(
                        hostKey, request.getHostCertificatePrincipalsList(), Instant.now())))
            .addKubernetesComponents(
                Component.newBuilder()
                    .setUrl("data:,x")
                    .setHash(COMPONENT_HASH)
                    .setInstallPath("/run/state/bin/kubelet"));
    if (request.getIsControlPlane()) {
      CONTROL_PLANE_FILES.forEach(name ->
          ticket.addControlPlaneFiles(
              control_plane_cert_or_key
                  .newBuilder()
                  .setName(name)
                  .setData(ByteString.copyFromUtf8("content of " + name))));
    }
    return ticket;
  }

  private static ByteString key(String id) throws Exception {
    try (Secret key = KEYS.dataKey(id, KeyIds.LENGTH)) {
      return key.use(ByteString::copyFrom);
    }
  }

  @Override
  public void close() {
    server.shutdown(Duration.ZERO);
  }
}
