package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Versioned;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.metrics.Metrics;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.wire.Bytes;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node looks at the join-service as that looks at it: with TPMs in software, over the wire. */
@Timeout(180)
class MutualAttestationTest {
  private static final Bytes CLUSTER_ID = Bytes.ofUtf8("the id of some cluster, 32 bytes");

  @TempDir Path directory;
  private final List<AutoCloseable> open = new ArrayList<>();
  private Machine.Factory factory;
  private Machine node;
  private AuditLog audit;

  @BeforeEach
  void prepare() throws Exception {
    factory = new Machine.Factory(directory);
    node = factory.build("worker-0", Role.WORKER);
    audit = new AuditLog(directory.resolve("audit.jsonl"), InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    node.stop();
    for (AutoCloseable service : open.reversed()) {
      service.close();
    }
    audit.close();
  }

  /** A machine that could be a control plane of some cluster. */
  private Machine member(Machine.Factory made) throws Exception {
    Machine machine = made.build("cp-0", Role.CONTROL_PLANE);
    machine.register().extend(CLUSTER_ID);
    return machine;
  }

  /** A join-service with that evidence, which accepts the node; it has no cluster behind it. */
  private String joinService(@Nullable Issuer issuer) throws Exception {
    var role =
        JoinServiceRole.start(
            () -> new Versioned<>(new JoinConfig(factory.policy(), FakeJoinService.SALT), 1),
            new StandaloneCluster(
                directory.resolve("nowhere"), null, InstantSource.system(), new SecureRandom()),
            FakeJoinService.KEYS,
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            issuer,
            InstantSource.system());
    open.add(role);
    return "127.0.0.1:" + role.port();
  }

  /** What the node says of it after a round. */
  private String refusal(String endpoint) throws Exception {
    node.joinThrough(endpoint);
    node.start(FaultPoints.NONE);
    String reason = node.awaitStatus(s -> s.state() == State.REFUSED).reason();
    assertTrue(node.register().read().isAllZero());
    assertFalse(
        Files.readString(directory.resolve("audit.jsonl")).contains("appraisal"),
        "the node shows nothing of itself to whom it refuses");
    String start = "join-service " + endpoint + " is refused: ";
    assertTrue(reason.startsWith(start), reason);
    return reason.substring(start.length());
  }

  /** What a join-service says that took the node, and has no cluster to join. */
  private static String behind(String endpoint) {
    return "no ticket from " + endpoint + " yet: the cluster does not answer: try again later";
  }

  /** The node takes the join-service, and is taken. */
  private void assertGetsThrough(String endpoint) throws Exception {
    node.joinThrough(endpoint);
    node.start(FaultPoints.NONE);
    node.awaitStatus(s -> s.reason().equals(behind(endpoint)));
  }

  @Test
  void takesAMemberThatRunsAGoodImage() throws Exception {
    try (var log = new CapturedLog()) {
      assertGetsThrough(joinService(member(factory).issuer()));

      assertTrue(log.text().contains("has proved itself"), log::text);
    }
  }

  @Test
  void refusesOneThatGivesNoEvidence() throws Exception {
    assertEquals(
        "no attestation document for 1.3.9900.5.1; extensions: none", refusal(joinService(null)));
  }

  @Test
  void refusesOneThatRunsSomethingElse() throws Exception {
    Machine tampered = member(factory);
    tampered.measure(4, "a back door");

    String reason = refusal(joinService(tampered.issuer()));

    assertTrue(reason.matches("PCR 4: expected 0{64} got [0-9a-f]{64}"), reason);
  }

  @Test
  void refusesOneThatHasNotJoinedItself() throws Exception {
    Machine fresh = factory.build("cp-0", Role.CONTROL_PLANE);

    assertEquals(
        "PCR 15: expected a value that is not zero got " + "00".repeat(32),
        refusal(joinService(fresh.issuer())));
  }

  @Test
  void refusesOneWhoseKeyNobodyItTrustsHasCertified() throws Exception {
    var elsewhere = new Machine.Factory(Files.createDirectory(directory.resolve("elsewhere")));

    String reason = refusal(joinService(member(elsewhere).issuer()));

    assertTrue(reason.startsWith("ak.chain: "), reason);
  }

  @Test
  void refusesEvidenceThatIsNotAboutThisConnection() throws Exception {
    Issuer honest = member(factory).issuer();
    Issuer replaying =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              try {
                return honest.issue(userData, Bytes.zeros(32));
              } catch (dev.asterism.attestation.IssueException e) {
                throw new IllegalStateException(e);
              }
            });

    String reason = refusal(joinService(replaying));

    assertTrue(reason.startsWith("nonce of the sha256 quote: expected "), reason);
  }

  @Test
  void tellsTheLogEveryFailedCheckOnce() throws Exception {
    Machine bad = factory.build("cp-0", Role.CONTROL_PLANE);
    bad.measure(4, "a back door");
    try (var log = new CapturedLog()) {
      var _ = refusal(joinService(bad.issuer()));
      node.awaitStatus(s -> s.state() == State.REFUSED);

      String text = log.text();
      assertTrue(
          text.matches("(?s).*WARNING: join-service .* is refused: PCR 4: .*; PCR 15: .*"), text);
    }
  }

  @Test
  void goesOnAfterAnImpostor() throws Exception {
    String impostor = joinService(null);
    String honest = joinService(member(factory).issuer());
    node.joinThrough(impostor, honest);
    node.start(FaultPoints.NONE);

    node.awaitStatus(s -> s.state() == State.REFUSED);
    node.joinThrough(honest);
    node.awaitStatus(s -> s.reason().equals(behind(honest)));
  }

  @Test
  void anyImageOfTheListIsGood() throws Exception {
    Machine next = member(factory);
    next.measure(4, "the next version");
    Policy other = factory.policy().with(next.measured());
    String endpoint = joinService(next.issuer());
    node.trust(List.of(factory.policy(), other));

    assertGetsThrough(endpoint);
  }

  @Test
  void withoutRulesOfTheImageItWantsWhatItRunsItself() throws Exception {
    trustWhatItRuns();
    try (var log = new CapturedLog()) {
      assertGetsThrough(joinService(member(factory).issuer()));

      assertTrue(
          log.text().contains("has proved itself, but: ak.trust"),
          "that any attestation key is taken must be said aloud: " + log.text());
    }
  }

  @Test
  void withoutRulesOfTheImageItRefusesWhatItDoesNotRunItself() throws Exception {
    node.measure(9, "another initrd");
    trustWhatItRuns();

    String reason = refusal(joinService(member(factory).issuer()));

    assertTrue(reason.startsWith("PCR 9: expected "), reason);
  }

  @Test
  void withoutRulesOfTheImageMachinesMayDifferAsMachines() throws Exception {
    node.measure(1, "four processors");
    trustWhatItRuns();

    assertGetsThrough(joinService(member(factory).issuer()));
  }

  private void trustWhatItRuns() throws Exception {
    node.trust(JoinServices.likeThisNode(new QemuVtpm(), node.measured()));
  }

  @Test
  void anOldClusterIsJoinedAloud() throws Exception {
    try (var service = new FakeJoinService();
        var log = new CapturedLog()) {
      var old = new TestNode(directory.resolve("old"), Role.WORKER);
      old.metadata.joinThrough(service.endpoint());

      assertEquals(Bootstrap.Outcome.JOINED, old.run());

      assertTrue(
          log.text().contains("WARNING: asking join-service " + service.endpoint()), log::text);
      assertTrue(log.text().contains("need not prove itself"), log::text);
      old.close();
    }
  }
}
