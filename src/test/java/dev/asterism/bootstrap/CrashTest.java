package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.asterism.attestation.Versioned;
import dev.asterism.bootstrap.FaultPoints.Step;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Secret;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.metrics.Metrics;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.testing.AuditTrail;
import dev.asterism.testing.Deaths;
import dev.asterism.testing.Deaths.Killed;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hundred rounds each: nodes and join-services die at steps that a seed picks, up to three times,
 * and start again until they are through. Files, TPMs, evidence and connections are real; a death
 * is an {@link Error} that nothing behind it survives.
 */
@Timeout(600)
class CrashTest {
  private static final int ROUNDS = Integer.getInteger("asterism.crash.rounds", 100);
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final int LONGEST = 1500;

  /** The founder is put on record. */
  private static final String RECORD = "around the founder's record";

  @TempDir Path directory;
  private final long seed = Long.getLong("asterism.crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final TestAdmin admin = new TestAdmin();
  private final List<Machine> machines = new ArrayList<>();
  private Machine.Factory factory;
  private AuditTrail audit;
  private JoinServiceRole joinService;
  private Bytes clusterId;
  private volatile Deaths deaths = new Deaths();
  private volatile boolean serviceDead;

  @BeforeEach
  void prepare(TestReporter reporter) throws Exception {
    reporter.publishEntry("to repeat", "-Dasterism.crash.seed=" + seed);
    factory = new Machine.Factory(directory);
    audit = new AuditTrail(directory.resolve("audit.jsonl"));
    try (Secret secret = admin.keys.dataKey(KeyIds.MEASUREMENT_SECRET, 32)) {
      clusterId = ClusterId.derive(secret, TestAdmin.SALT);
    }
  }

  @AfterEach
  void stop() throws Exception {
    for (Machine machine : machines) {
      machine.stop();
    }
    if (joinService != null) {
      joinService.close();
    }
    audit.close();
  }

  private Machine machine(String name, Role role) throws Exception {
    Machine machine = factory.build(name, role);
    machine.joinInterval = Duration.ofMillis(10);
    machines.add(machine);
    return machine;
  }

  @Test
  void initSurvivesDeathAtAnyStep() throws Exception {
    Machine first = machine("cp-0", Role.CONTROL_PLANE);
    first.aroundRecord(() -> deaths.reached(RECORD));
    List<Object> places =
        Stream.concat(
                Stream.of(Step.values()).filter(s -> s != Step.KUBELET_WRITTEN), Stream.of(RECORD))
            .map(Object.class::cast)
            .toList();
    var died = new HashSet<Object>();
    for (int round = 0; round < ROUNDS; round++) {
      deaths = Deaths.among(places, round, random);
      String what = "round " + round + " of seed " + seed + ", " + deaths;
      found(first, what);
      died.addAll(deaths.end());
      assertMember(first, what);
      assertOnRecord(first, "cp-0", what);
      newMachine(first);
    }
    assertTrue(died.containsAll(places) || ROUNDS < places.size(), () -> "only at " + died);
  }

  @Test
  void joinSurvivesDeathOfEitherSideAtAnyStep() throws Exception {
    Machine first = machine("cp-0", Role.CONTROL_PLANE);
    found(first, "founding");
    serve(first, 0);
    Machine worker = machine("worker-0", Role.WORKER);
    Machine second = machine("cp-1", Role.CONTROL_PLANE);
    worker.joinThrough("127.0.0.1:" + joinService.port());
    second.joinThrough("127.0.0.1:" + joinService.port());
    var places = new ArrayList<Object>(List.of(Step.values()));
    places.remove(Step.ANSWERED);
    places.addAll(List.of(dev.asterism.joinservice.FaultPoints.Step.values()));
    var died = new HashSet<Object>();
    for (int round = 0; round < ROUNDS; round++) {
      Machine machine = random.nextInt(3) == 0 ? second : worker;
      deaths = Deaths.among(places, round, random);
      String what = "round " + round + " of seed " + seed + ", " + deaths;
      join(machine, first, what);
      died.addAll(deaths.end());
      assertMember(machine, what);
      assertOnRecord(machine, machine == worker ? "worker-0" : "cp-1", what);
      assertTicketRecorded(machine, what);
      newMachine(machine);
    }
    assertTrue(died.containsAll(places) || ROUNDS < places.size(), () -> "only at " + died);
  }

  /** One join-service; its next life has nothing of its memory, and goes on with its records. */
  private void serve(Machine first, int port) throws Exception {
    joinService =
        JoinServiceRole.start(
            () -> new Versioned<>(new JoinConfig(factory.policy(), TestAdmin.SALT), 1),
            new StandaloneCluster(
                first.paths().root(),
                directory.resolve("objects"),
                InstantSource.system(),
                new SecureRandom()),
            admin.keys,
            audit.log(),
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            first.issuer(),
            InstantSource.system(),
            new PeerLimits(
                new PeerLimits.Rate(100_000, 100_000),
                new PeerLimits.Rate(100_000, 100_000),
                10_000,
                10_000),
            this::serviceReached);
  }

  private void serviceReached(dev.asterism.joinservice.FaultPoints.Step step) {
    if (serviceDead) {
      throw new Killed();
    }
    try {
      deaths.reached(step);
    } catch (Killed e) {
      serviceDead = true;
      throw e;
    }
  }

  private void restartService(Machine first) throws Exception {
    int port = joinService.port();
    joinService.stop(Duration.ZERO);
    audit.restart();
    serviceDead = false;
    serve(first, port);
  }

  private void found(Machine first, String what) throws Exception {
    first.start(deaths::reached);
    boolean asked = false;
    for (int look = 0; look < LONGEST; look++) {
      Bootstrap.Outcome outcome = lookAt(first);
      if (outcome == Bootstrap.Outcome.INITIALIZED || outcome == Bootstrap.Outcome.MEMBER_ALREADY) {
        assertTrue(asked, what);
        return;
      }
      if (outcome == null) {
        asked = true;
        var _ = admin.tryOnce(first.initPort(), admin.request(), factory.policy().unspent());
      }
    }
    fail("stuck as " + first.status() + " in " + what);
  }

  private void join(Machine machine, Machine first, String what) throws Exception {
    machine.start(deaths::reached);
    for (int look = 0; look < LONGEST; look++) {
      Bootstrap.Outcome outcome = lookAt(machine);
      if (outcome == Bootstrap.Outcome.JOINED || outcome == Bootstrap.Outcome.MEMBER_ALREADY) {
        if (serviceDead) {
          restartService(first);
        }
        return;
      }
      if (serviceDead) {
        restartService(first);
      }
    }
    fail("stuck as " + machine.status() + " in " + what);
  }

  /**
   * What became of it meanwhile; null: it runs. Where it died it starts again, where it wants a
   * reboot it gets one, and sometimes it gets one where it died.
   */
  private Bootstrap.Outcome lookAt(Machine machine) throws Exception {
    try {
      Bootstrap.Outcome outcome = machine.await(LOOK);
      if (outcome == Bootstrap.Outcome.REBOOTING) {
        machine.reboot();
        machine.start(deaths::reached);
      }
      return outcome;
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof Killed, () -> "died of " + e.getCause());
      if (!machine.disk().initialized() && random.nextInt(4) == 0) {
        machine.reboot();
      }
      machine.start(deaths::reached);
      return null;
    }
  }

  /** The next life of the same machine, as after {@code reset}: a new disk, a fresh register. */
  private static void newMachine(Machine machine) throws Exception {
    machine.disk().markInitialized(false);
    machine.reboot();
  }

  private void assertMember(Machine machine, String what) throws Exception {
    assertEquals(
        machine.register().expectedAfter(clusterId),
        machine.register().read(),
        "register, " + what);
    assertTrue(machine.disk().initialized(), what);
    try (Secret key = admin.keys.dataKey(machine.disk().uuid(), 32)) {
      assertTrue(machine.disk().opens(key), what);
    }
    assertEquals(State.JOINED, machine.status().state(), what);
    assertTrue(Files.exists(machine.paths().kubeletCertificate()), what);
  }

  /** One record, with the disk that it has now; at most one token; nobody waits to arrive. */
  private void assertOnRecord(Machine machine, String name, String what) throws Exception {
    assertTrue(tokens(machine).size() <= 1, what);
    List<AdmissionRecord> records = new ArrayList<>();
    for (Path file : objects("nodeadmissions")) {
      AdmissionRecord record = AdmissionRecord.fromJson(Json.object("record", read(file)));
      if (record.node().equals(name)) {
        records.add(record);
      }
    }
    assertEquals(1, records.size(), what);
    assertEquals(machine.identity(), records.getFirst().identity(), what);
    assertEquals(AdmissionRecord.State.ADMITTED, records.getFirst().state(), what);
    assertEquals(machine.disk().uuid(), records.getFirst().disk(), what);
    assertEquals(List.of(), objects("joiningnodes"), what);
  }

  /** The log is whole, and since the last round has a ticket for this disk, with its one token. */
  private void assertTicketRecorded(Machine machine, String what) throws Exception {
    String disk = machine.disk().uuid();
    Set<String> tokens =
        audit.verified(what).stream()
            .filter(record -> record.path("event").asString("").equals("ticket-issued"))
            .map(record -> record.path("content"))
            .filter(content -> content.path("disk").asString("").equals(disk))
            .filter(content -> content.path("ticket").asString("").equals("join"))
            .map(content -> content.path("token").asString(""))
            .collect(Collectors.toSet());
    assertEquals(tokens(machine), tokens, what);
  }

  /** The public halves of its bootstrap tokens. */
  private Set<String> tokens(Machine machine) throws Exception {
    var tokens = new HashSet<String>();
    for (Path file : objects("secrets")) {
      ObjectNode secret = Json.object("secret", read(file));
      if (secret.toString().contains(machine.identity())) {
        tokens.add(BootstrapTokens.fromSecret(secret).id());
      }
    }
    return tokens;
  }

  private List<Path> objects(String kind) throws Exception {
    Path folder = directory.resolve("objects").resolve(kind);
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static Bytes read(Path file) throws Exception {
    return AtomicFile.read(file, 1024 * 1024);
  }
}
