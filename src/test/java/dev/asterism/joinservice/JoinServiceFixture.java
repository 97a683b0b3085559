package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeySource;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Nodes and a join-service over real attested TLS; only the evidence is made up. */
@Timeout(120)
abstract class JoinServiceFixture {
  static final Bytes SALT = Bytes.zeros(32);
  static final Bytes GOOD_BOOT = Bytes.ofUtf8("a PCR 4 of thirty-two characters");

  /** Nothing here is about limits. */
  static final PeerLimits FREE =
      new PeerLimits(
          new PeerLimits.Rate(10_000, 10_000), new PeerLimits.Rate(10_000, 10_000), 10_000, 10_000);

  static final Component HELLO = new Component("data:,hello", "", "/opt/cni/bin/hello", false);

  static final KeySource KEYS = new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));

  @TempDir Path folder;

  final Metrics metrics = new Metrics();
  final AtomicReference<Versioned<JoinConfig>> config = new AtomicReference<>();
  final AtomicReference<Duration> later = new AtomicReference<>(Duration.ZERO);
  final InstantSource clock = () -> Instant.now().plus(later.get());
  final AtomicReference<FaultPoints> faults = new AtomicReference<>(FaultPoints.NONE);
  final AtomicReference<KeySource> keys = new AtomicReference<>(KEYS);
  StandaloneCluster cluster;
  AuditLog audit;
  JoinServiceRole role;

  @BeforeEach
  void start() throws Exception {
    config.set(new Versioned<>(joinConfig("{\"4\": \"" + GOOD_BOOT.hex() + "\"}"), 1));
    Path node = Files.createDirectory(folder.resolve("cp-0"));
    new StandaloneKubeadm(node, null, clock)
        .init(
            new InitPlan(
                "mini",
                "v1.30.1",
                "cp-0",
                "10.0.0.1",
                "10.0.0.1:6443",
                List.of("api.example.com"),
                "10.96.0.0/12",
                false,
                List.of(HELLO)));
    cluster = new StandaloneCluster(node, null, clock, new SecureRandom());
    audit = new AuditLog(folder.resolve("audit.log"), clock);
    role = another();
  }

  /** One more join-service of the same cluster. */
  JoinServiceRole another() throws Exception {
    return JoinServiceRole.start(
        config::get,
        cluster,
        (id, length) -> keys.get().dataKey(id, length),
        audit,
        metrics,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
        null,
        clock,
        FREE,
        step -> faults.get().reached(step));
  }

  @AfterEach
  void stop() throws Exception {
    role.close();
    audit.close();
  }

  static JoinConfig joinConfig(String measurements) throws Exception {
    return JoinConfig.parse(
        new FakePlatform(), Bytes.ofUtf8("{\"measurements\": " + measurements + "}"), SALT);
  }

  /** The configuration with this member {@code admission}, as a new generation. */
  void admission(String json) throws Exception {
    String text =
        "{\"measurements\": {\"4\": \"%s\"}, \"admission\": %s}".formatted(GOOD_BOOT.hex(), json);
    config.set(
        new Versioned<>(
            JoinConfig.parse(new FakePlatform(), Bytes.ofUtf8(text), SALT),
            config.get().generation() + 1));
  }

  /** A machine of its own, which boots as it should. */
  JoinServiceNode node(String name) {
    return node(name, name);
  }

  /** A machine that says it is a node. */
  JoinServiceNode node(String machine, String name) {
    return new JoinServiceNode(role.port(), name, evidence(machine));
  }

  static Issuer evidence(String machine) {
    return FakePlatform.issuer(Map.of(4, GOOD_BOOT), FakePlatform.machine(machine));
  }

  static String identity(String machine) {
    return AdmissionRecord.identityOfKey(FakePlatform.machine(machine).get(Identifier.AK_KEY));
  }

  /** One that has joined before and was rebooted. */
  JoinServiceNode member(String name) throws Exception {
    JoinServiceNode node = node(name);
    orders()
        .bind(new Applicant(identity(name), Map.of(), name, false, node.disk, List.of(node.ip)));
    return node;
  }

  /** A control plane with a disk and no address, as an admin would put it on record. */
  static Applicant applicant(String machine, String name) {
    return new Applicant(
        identity(machine), Map.of(), name, true, UUID.randomUUID().toString(), List.of());
  }

  /** How many bootstrap tokens there are. */
  int secrets() throws java.io.IOException {
    return tokens().size();
  }

  /** As an admin takes all tokens back. */
  void deleteSecrets() throws java.io.IOException {
    for (Path token : tokens()) {
      Files.delete(token);
    }
  }

  private List<Path> tokens() throws java.io.IOException {
    Path tokens = folder.resolve("cp-0/etc/kubernetes/standalone/secrets");
    if (!Files.exists(tokens)) {
      return List.of();
    }
    try (var files = Files.list(tokens)) {
      return files.toList();
    }
  }

  AdmissionOrders orders() {
    return new AdmissionOrders(cluster.admissions(), clock);
  }

  static ByteString key(String id) throws KeyException {
    try (Secret key = KEYS.dataKey(id, 32)) {
      return ByteString.copyFrom(key.expose());
    }
  }

  List<String> records() throws java.io.IOException {
    try (var lines = Files.lines(folder.resolve("audit.log"))) {
      return lines.collect(Collectors.toList());
    }
  }

  static void assertUnavailable(Executable call) {
    var error = assertThrows(StatusRuntimeException.class, call);
    assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
  }

  static String assertRefused(Status.Code code, String part, Executable call) {
    var error = assertThrows(StatusRuntimeException.class, call);
    assertEquals(code, error.getStatus().getCode(), error.getMessage());
    assertTrue(error.getMessage().contains(part), error.getMessage());
    return error.getMessage();
  }
}
