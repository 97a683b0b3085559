package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionOrders;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Decision;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.testing.Deaths;
import dev.asterism.testing.Deaths.Killed;
import dev.asterism.testing.TestClock;
import dev.asterism.testing.kubernetes.FakeApiServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/**
 * A hundred rounds of machines that join, rejoin, wait, are approved, let go, bound and revoked,
 * with the records at an API server. Whoever asks it dies before or after a request that a seed
 * picks; another process, which remembers nothing, does the same again.
 */
@Timeout(120)
class ApiAdmissionsCrashTest {
  private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
  private static final int ROUNDS = Integer.getInteger("asterism.crash.rounds", 100);
  private static final int TRIES = 10;

  @TempDir private Path folder;
  private final long seed = Long.getLong("asterism.crash.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private TestClock clock = new TestClock(NOW);
  private FakeApiServer fake;
  private ApiServer server;
  private ApiCluster cluster;

  /** Where one may die: all that is asked in a round in which nobody does. */
  private final Set<Object> places = new LinkedHashSet<>();

  private volatile Deaths deaths = new Deaths();
  private volatile boolean dead;

  /** What is being done; empty: somebody only looks, and does not die. */
  private volatile String doing = "";

  private String what = "";

  /** The records after the last deed, without those of who gave up waiting. */
  private List<AdmissionRecord> now = List.of();

  @BeforeEach
  void prepare() throws Exception {
    fake = new FakeApiServer();
    fake.died = this::reached;
    server = new ApiServer(this::access, Duration.ofMinutes(1));
    var authority = CertificateAuthority.create("kubernetes", NOW, NOW.plus(Duration.ofDays(1)));
    Path pki = Files.createDirectories(folder.resolve("pki"));
    Files.writeString(pki.resolve("ca.crt"), authority.certificatePem());
    try (Secret key = authority.privateKeyPem()) {
      Files.write(pki.resolve("ca.key"), key.expose());
    }
    begin();
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  /** What a process knows when it begins. */
  private void begin() {
    dead = false;
    cluster =
        new ApiCluster(
            server,
            new ControlPlaneFolder(folder, clock),
            folder.resolve("none"),
            clock,
            new SecureRandom());
  }

  /** Looked at before every request: who is dead makes none. */
  private Access access() {
    if (dead) {
      throw new Killed();
    }
    return fake.access("any");
  }

  private synchronized boolean reached(String moment) {
    if (!doing.isEmpty()) {
      String place = doing + ", " + moment.replaceFirst("/ak-.*", "/ak");
      if (what.isEmpty()) {
        places.add(place);
      }
      try {
        deaths.reached(place);
      } catch (Killed e) {
        dead = true;
      }
    }
    return dead;
  }

  @Test
  void recordsSurviveDeathAroundAnyRequest(TestReporter reporter) throws Exception {
    reporter.publishEntry("to repeat", "-Dasterism.crash.seed=" + seed);
    live();
    List<Object> all = List.copyOf(places);
    var died = new HashSet<Object>();
    for (int round = 0; round < ROUNDS; round++) {
      deaths = Deaths.among(all, round, random);
      what = "round " + round + " of seed " + seed + ", " + deaths;
      fake.clear();
      clock = new TestClock(NOW);
      now = List.of();
      begin();
      live();
      died.addAll(deaths.end());
    }
    assertTrue(died.containsAll(all) || ROUNDS < all.size(), () -> died + " of " + all);
  }

  private void live() throws Exception {
    Applicant early = applicant(9, "cp", true, 9);
    changes("one waits", all -> AdmissionRules.await(all, early, clock.instant()));
    clock.advance(Duration.ofHours(2));
    now = List.of();

    Applicant worker = applicant(1, "worker", false, 1);
    joins("the worker joins", worker);
    joins("it asks again", worker);
    changes(
        "it rejoins",
        all ->
            AdmissionRules.rejoin(
                all, identity(1), Map.of("boot", "2"), worker.disk(), clock.instant()));

    Applicant second = applicant(2, "cp", true, 2);
    changes("another one waits", all -> AdmissionRules.await(all, second, clock.instant()));
    orders("it is approved", 2, State.ADMITTED, orders -> orders.approve("cp", ""));
    joins("it joins", second);

    orders("release", 1, State.RELEASED, orders -> orders.release("worker", "", true));
    Applicant heir = applicant(3, "worker", false, 1);
    orders("bind", 3, State.ADMITTED, orders -> orders.bind(heir));
    orders("revoke", 3, State.REVOKED, orders -> orders.revoke("worker", ""));

    assertEquals(
        Rule.DISK,
        assertThrows(
                AdmissionException.class,
                () ->
                    cluster
                        .admissions()
                        .<AdmissionRecord, AdmissionException>change(all ->
                            AdmissionRules.admit(
                                all, applicant(4, "worker", false, 1), clock.instant())))
            .rule(),
        what);
    joins("the next joins", applicant(4, "worker", false, 4));
    assertEquals(
        List.of(
            "cp 2 admitted 2 []",
            "worker 1 released 0 []",
            "worker 3 revoked 0 [1]",
            "worker 4 admitted 4 []"),
        now.stream().map(ApiAdmissionsCrashTest::text).toList(),
        what);
    assertEquals(4, fake.count(Resource.NODE_ADMISSIONS.path()), what);
  }

  private void joins(String name, Applicant one) throws Exception {
    BootstrapToken token = did(name, () -> ticket(one));
    assertEquals(List.of(token.token()), Objects.tokensOf(server, Set.of(one.identity())), what);
    AdmissionRecord record = record(one.identity());
    assertEquals(1, record.ticket().number(), what);
    assertEquals(one.disk(), record.disk(), what);
  }

  /** What a join-service asks the cluster for, in its order. */
  private BootstrapToken ticket(Applicant one) throws Exception {
    AdmissionRecord record =
        cluster
            .admissions()
            .<AdmissionRecord, AdmissionException>change(
                all -> AdmissionRules.admit(all, one, clock.instant()));
    cluster.registerJoiningNode(one.node(), "components", one.controlPlane(), one.identity());
    return cluster.createToken(
        BootstrapTokens.TTL,
        TokenHolder.of(one.identity(), one.node(), one.controlPlane(), one.disk()),
        record.ticket());
  }

  private void changes(String name, Decision<AdmissionRecord, AdmissionException> decision)
      throws Exception {
    var _ = did(name, () -> cluster.admissions().change(decision));
  }

  private interface Order {
    AdmissionRecord give(AdmissionOrders orders) throws IOException, AdmissionException;
  }

  /** An order that is in force already is refused; never is it another machine's. */
  private void orders(String name, int machine, State end, Order order) throws Exception {
    String carriedOut =
        did(
            name,
            () -> {
              try {
                return order.give(new AdmissionOrders(cluster.admissions(), clock)).identity();
              } catch (AdmissionException e) {
                assertEquals(Rule.ORDER, e.rule(), what);
                assertTrue(e.getMessage().contains(" is " + end.id()), e.getMessage());
                return identity(machine);
              }
            });
    assertEquals(identity(machine), carriedOut, what);
    assertEquals(end, record(identity(machine)).state(), what);
  }

  /**
   * Does something until whoever does it lives to tell. Where one died all of it is in force, or
   * nothing; at last each record is in its own object.
   */
  private <T> T did(String name, Callable<T> deed) throws Exception {
    var views = new LinkedHashSet<List<AdmissionRecord>>(List.of(now));
    for (int i = 0; i < TRIES; i++) {
      T result = attempt(name, deed);
      now = new AdmissionOrders(cluster.admissions(), clock).list();
      views.add(now);
      if (result != null) {
        assertTrue(views.size() <= 2, () -> "a part of it: " + views + ", " + what);
        for (AdmissionRecord record : now) {
          ObjectNode own = fake.object(Resource.NODE_ADMISSIONS.path(record.identity()));
          assertEquals(record, AdmissionRecord.fromJson(own), what);
        }
        return result;
      }
    }
    return fail(name + ": never done, " + what);
  }

  /** Null: it died. */
  private <T> T attempt(String name, Callable<T> deed) throws Exception {
    doing = name;
    try {
      T result = deed.call();
      if (!dead) {
        return result;
      }
    } catch (Killed | IOException e) {
      if (!dead) {
        throw e;
      }
    } finally {
      doing = "";
    }
    begin();
    return null;
  }

  private AdmissionRecord record(String identity) {
    List<AdmissionRecord> own = now.stream().filter(r -> r.identity().equals(identity)).toList();
    assertEquals(1, own.size(), what);
    return own.getFirst();
  }

  private static String identity(int machine) {
    return AdmissionRecord.identityOfKey("%064x".formatted(machine));
  }

  private static String disk(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  private static Applicant applicant(int machine, String node, boolean controlPlane, int disk) {
    return new Applicant(
        identity(machine), Map.of("boot", "1"), node, controlPlane, disk(disk), List.of());
  }

  /** Node, machine, state, disk and former disks. */
  private static String text(AdmissionRecord r) {
    return r.node()
        + " "
        + number(r.identity())
        + " "
        + r.state().id()
        + " "
        + (r.disk().isEmpty() ? 0 : number(r.disk()))
        + " "
        + r.formerDisks().stream().map(ApiAdmissionsCrashTest::number).toList();
  }

  private static int number(String text) {
    return Character.digit(text.charAt(text.length() - 1), 10);
  }
}
