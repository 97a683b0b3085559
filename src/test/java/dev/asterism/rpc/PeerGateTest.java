package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.Refusals;
import dev.asterism.rpc.PeerLimits.Rate;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PeerGateTest {
  private static final long SECOND = 1_000_000_000L;
  private static final Rate FREE = new Rate(1e6, 1_000_000);
  private static final int MANY = 1_000_000;

  private final Metrics metrics = new Metrics();

  /** Close to the overflow, which System.nanoTime may cross. */
  private long now = Long.MAX_VALUE - SECOND / 2;

  @Test
  void aPeerGetsItsBurstAndThenItsRate() {
    PeerGate gate = gate(new PeerLimits(new Rate(2, 3), FREE, MANY, MANY));
    assertEquals(3, passes(gate, "10.0.0.1", 10));
    now += SECOND / 4;
    assertEquals(0, passes(gate, "10.0.0.1", 10));
    now += SECOND / 4;
    assertEquals(1, passes(gate, "10.0.0.1", 10));
    now += 3600 * SECOND;
    assertEquals(3, passes(gate, "10.0.0.1", 10));
  }

  @Test
  void aGreedyPeerTakesNothingFromTheOthers() {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 2), new Rate(1, 3), MANY, MANY));
    assertEquals(2, passes(gate, "10.0.0.1", 100));
    assertEquals(1, passes(gate, "10.0.0.2", 100));
  }

  @Test
  void allTogetherGetTheOverallRate() {
    PeerGate gate = gate(new PeerLimits(FREE, new Rate(10, 5), MANY, MANY));
    int passes = 0;
    for (int i = 0; i < 50; i++) {
      passes += passes(gate, "10.0.1." + i, 1);
    }
    assertEquals(5, passes);
    now += SECOND;
    assertEquals(5, passes(gate, "10.0.0.1", 100));
  }

  @Test
  void manyGreedyPeersTogetherTakeNothingFromANewcomer() {
    PeerGate gate = gate(new PeerLimits(new Rate(50, 200), new Rate(200, 400), MANY, MANY));
    int greedy = 0;
    int refused = 0;
    for (int second = 0; second < 20; second++) {
      for (int peer = 0; peer < 16; peer++) {
        greedy += passes(gate, "10.0.1." + peer, 50);
      }
      refused += second < 2 ? 0 : 1 - passes(gate, "10.0.0." + second, 1);
      now += SECOND;
    }
    assertEquals(0, refused);
    assertTrue(greedy > 19 * 190, "they get nearly all there is: " + greedy);
  }

  @Test
  void aPeerWaitsForAtMostSoManyAtATime() throws Exception {
    PeerGate gate = gate(new PeerLimits(FREE, FREE, 2, MANY));
    var first = gate.enter(address("10.0.0.1")).orElseThrow();
    var second = gate.enter(address("10.0.0.1")).orElseThrow();
    assertTrue(gate.enter(address("10.0.0.1")).isEmpty());
    assertEquals(1, passes(gate, "10.0.0.2", 1));
    second.close();
    assertEquals(1, passes(gate, "10.0.0.1", 1));
    first.close();
  }

  @Test
  void allTogetherWaitForAtMostSoManyAtATime() throws Exception {
    PeerGate gate = gate(new PeerLimits(FREE, FREE, MANY, 2));
    var first = gate.enter(address("10.0.0.1")).orElseThrow();
    var second = gate.enter(address("10.0.0.2")).orElseThrow();
    assertEquals(0, passes(gate, "10.0.0.3", 1));
    first.close();
    assertEquals(1, passes(gate, "10.0.0.3", 1));
    second.close();
  }

  @Test
  void whatIsBegunAndWhatIsWorkedAtAreTwoThings() throws Exception {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 2), FREE, 1, MANY));
    InetAddress peer = address("10.0.0.1");
    var work = gate.work(peer).orElseThrow();
    assertTrue(gate.mayBegin(peer));
    assertTrue(gate.mayBegin(peer));
    assertFalse(gate.mayBegin(peer));
    assertTrue(gate.work(peer).isEmpty());
    work.close();
    work.close();
    var again = gate.work(peer).orElseThrow();
    assertTrue(gate.work(peer).isEmpty(), "a pass that was closed twice counts twice");
    again.close();
  }

  @Test
  void countsWhyItTurnsAway() {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 2), new Rate(1, 3), 1, 2));
    var one = gate.work(address("10.0.0.1")).orElseThrow();
    assertEquals(0, passes(gate, "10.0.0.1", 1));
    var two = gate.work(address("10.0.0.2")).orElseThrow();
    assertEquals(0, passes(gate, "10.0.0.3", 2));
    one.close();
    two.close();
    assertEquals(2, passes(gate, "10.0.0.1", 5));
    assertEquals(1, passes(gate, "10.0.0.2", 5));

    assertRefusals(1, "waiting", "peer");
    assertRefusals(2, "waiting", "any");
    assertRefusals(3, "rate", "peer");
    assertRefusals(4, "rate", "any");
  }

  private void assertRefusals(int count, String limit, String scope) {
    String line =
        "asterism_refusals_total{limit=\"tests-%s\",scope=\"%s\"} %d.0"
            .formatted(limit, scope, count);
    assertTrue(metrics.scrape().contains(line), () -> line + " is not in " + metrics.scrape());
  }

  @Test
  void whoIsTurnedAwayPaysNothing() {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 2), new Rate(1, 1), MANY, MANY));
    assertEquals(1, passes(gate, "10.0.0.1", 100));
    now += SECOND;
    assertEquals(1, passes(gate, "10.0.0.1", 100));
  }

  @Test
  void aNetworkOfIpv6IsOnePeer() {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 1), FREE, MANY, MANY));
    assertEquals(1, passes(gate, "2001:db8:1:2::1", 1));
    assertEquals(0, passes(gate, "2001:db8:1:2:ffff::2", 1));
    assertEquals(1, passes(gate, "2001:db8:1:3::1", 1));
  }

  @Test
  void remembersABoundedNumberOfPeers() {
    PeerGate gate = gate(new PeerLimits(FREE, FREE, MANY, MANY));
    for (int i = 0; i < PeerGate.MAX_PEERS + 100; i++) {
      passes(gate, "10.1." + i / 256 + "." + i % 256, 1);
    }
    assertEquals(PeerGate.MAX_PEERS, gate.peers());
  }

  @Test
  void letsInExactlyTheBurstAmongThreads() throws Exception {
    PeerGate gate = gate(new PeerLimits(new Rate(1, 50), FREE, MANY, MANY));
    InetAddress peer = address("10.0.0.1");
    var passes = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 200; i++) {
        threads.execute(() -> gate.enter(peer).ifPresent(pass -> passes.incrementAndGet()));
      }
    }
    assertEquals(50, passes.get());
  }

  @Test
  void aLimitOfNothingIsABug() {
    assertThrows(IllegalArgumentException.class, () -> new Rate(0, 1));
    assertThrows(IllegalArgumentException.class, () -> new Rate(Double.NaN, 1));
    assertThrows(IllegalArgumentException.class, () -> new Rate(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new PeerLimits(FREE, FREE, 0, 1));
    assertThrows(IllegalArgumentException.class, () -> new PeerLimits(FREE, FREE, 1, 0));
  }

  private PeerGate gate(PeerLimits limits) {
    return new PeerGate("tests", limits, () -> now, new Refusals(metrics));
  }

  /** How many of so many tries, one after the other, get in. */
  private static int passes(PeerGate gate, String address, int tries) {
    var passes = new ArrayList<PeerGate.Pass>();
    for (int i = 0; i < tries; i++) {
      var pass = gate.enter(address(address));
      pass.ifPresent(passes::add);
      pass.ifPresent(PeerGate.Pass::close);
    }
    return passes.size();
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
