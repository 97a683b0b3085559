package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeySource;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
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
  static final Issuer GOOD = FakePlatform.issuer(Map.of(4, GOOD_BOOT));
  static final Component HELLO = new Component("data:,hello", "", "/opt/hello", false);

  static final KeySource KEYS = new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));

  @TempDir Path folder;

  final Metrics metrics = new Metrics();
  final AtomicReference<Versioned<JoinConfig>> config = new AtomicReference<>();
  final AtomicReference<KeySource> keys = new AtomicReference<>(KEYS);
  StandaloneCluster cluster;
  AuditLog audit;
  JoinServiceRole role;

  @BeforeEach
  void start() throws Exception {
    config.set(new Versioned<>(joinConfig("{\"4\": \"" + GOOD_BOOT.hex() + "\"}"), 1));
    Path node = Files.createDirectory(folder.resolve("cp-0"));
    InstantSource clock = InstantSource.system();
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
    role =
        JoinServiceRole.start(
            config::get,
            cluster,
            (id, length) -> keys.get().dataKey(id, length),
            audit,
            metrics,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            clock);
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

  JoinServiceNode node(String name) {
    return new JoinServiceNode(role.port(), name, GOOD);
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
