package dev.asterism.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
  private static final int MANY = 1000;
  private static final String ONE = "10.0.0.1";
  private static final String TWO = "10.0.0.2";
  private static final String THREE = "10.0.0.3";

  private final AtomicInteger evicted = new AtomicInteger();
  private final AtomicInteger refused = new AtomicInteger();
  private final List<String> closed = new ArrayList<>();

  private Connections connections(int limit, int perPeer) {
    return new Connections(
        limit,
        perPeer,
        new Connections.Listener() {
          @Override
          public void evicted() {
            evicted.incrementAndGet();
          }

          @Override
          public void refused() {
            refused.incrementAndGet();
          }
        });
  }

  private Optional<Connection> tryOpen(Connections connections, String address, String name) {
    return connections.open(InetAddress.ofLiteral(address), () -> closed.add(name));
  }

  private Connection open(Connections connections, String address, String name) {
    return tryOpen(connections, address, name).orElseThrow();
  }

  @Test
  void whoHasHisShareClosesHisOwnThatRestedLongest() {
    Connections connections = connections(MANY, 2);
    open(connections, TWO, "other");
    open(connections, ONE, "first");
    open(connections, ONE, "second");
    open(connections, ONE, "third");
    assertEquals(List.of("first"), closed);
    open(connections, ONE, "fourth");
    assertEquals(List.of("first", "second"), closed);
    assertEquals(2, evicted.get());
    assertEquals(3, connections.open());
  }

  @Test
  void whereAllIsTakenTheGreediestMakesWay() {
    Connections connections = connections(4, MANY);
    open(connections, TWO, "other");
    open(connections, ONE, "first");
    open(connections, ONE, "second");
    open(connections, ONE, "third");
    open(connections, THREE, "newcomer");
    assertEquals(List.of("first"), closed);
    assertEquals(4, connections.open());
  }

  @Test
  void amongTheEquallyGreedyTheLongestRestMakesWay() {
    Connections connections = connections(2, MANY);
    Connection first = open(connections, ONE, "first");
    open(connections, TWO, "second");
    first.beginWork();
    first.endWork();
    open(connections, THREE, "newcomer");
    assertEquals(List.of("second"), closed);
  }

  @Test
  void whatSomethingIsDoneForStays() {
    Connections connections = connections(MANY, 2);
    Connection first = open(connections, ONE, "first");
    first.beginWork();
    first.beginWork();
    first.endWork();
    open(connections, ONE, "second");
    open(connections, ONE, "third");
    assertEquals(List.of("second"), closed);
    assertTrue(connections.busy());
    first.endWork();
    assertFalse(connections.busy());
    open(connections, ONE, "fourth");
    assertEquals(List.of("second", "third"), closed, "its rest began after its work");
    open(connections, ONE, "fifth");
    assertEquals(List.of("second", "third", "first"), closed);
  }

  @Test
  void whereNothingRestsTheNewcomerIsRefused() {
    Connections connections = connections(2, MANY);
    open(connections, ONE, "first").beginWork();
    open(connections, TWO, "second").beginWork();
    assertTrue(tryOpen(connections, THREE, "newcomer").isEmpty());
    assertEquals(1, refused.get());
    assertEquals(List.of(), closed);
  }

  @Test
  void whoseShareIsAllAtWorkIsRefusedThoughOthersRest() {
    Connections connections = connections(MANY, 1);
    open(connections, TWO, "other");
    open(connections, ONE, "first").beginWork();
    assertTrue(tryOpen(connections, ONE, "second").isEmpty());
    assertEquals(List.of(), closed);
  }

  @Test
  void aClosedOneGivesItsPlaceBackOnce() {
    Connections connections = connections(2, MANY);
    Connection first = open(connections, ONE, "first");
    Connection second = open(connections, ONE, "second");
    first.beginWork();
    first.closed();
    first.closed();
    first.endWork();
    assertEquals(1, connections.open());
    assertFalse(connections.busy());
    open(connections, ONE, "third");
    assertEquals(List.of(), closed);
    second.closed();
    assertEquals(1, connections.open());
  }

  @Test
  void aNetworkOfIpv6IsOnePeer() {
    Connections connections = connections(MANY, 1);
    open(connections, "2001:db8:1:2::1", "first");
    open(connections, "2001:db8:1:3::1", "neighbour");
    open(connections, "2001:db8:1:2:ffff::2", "second");
    assertEquals(List.of("first"), closed);
  }

  @Test
  void closesWhatIsNotEstablishedOrWhatRests() {
    Connections connections = connections(MANY, MANY);
    Connection established = open(connections, ONE, "established");
    established.establish();
    open(connections, ONE, "beginning").beginWork();
    connections.closeUnestablished();
    assertEquals(List.of("beginning"), closed);
    assertFalse(connections.busy());
    Connection working = open(connections, ONE, "working");
    working.beginWork();
    connections.closeResting();
    assertEquals(List.of("beginning", "established"), closed);
    assertTrue(working.all.busy());
  }

  @Test
  void neverHasMoreThanItsLimitsAmongThreads() {
    Connections connections = connections(20, 7);
    var most = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2000; i++) {
        InetAddress address = InetAddress.ofLiteral("10.0.0." + i % 5);
        threads.execute(() -> {
          Optional<Connection> connection = connections.open(address, () -> {});
          most.accumulateAndGet(connections.open(), Math::max);
          connection.ifPresent(Connection::beginWork);
          Thread.yield();
          connection.ifPresent(Connection::endWork);
          connection.ifPresent(Connection::closed);
        });
      }
    }
    assertTrue(most.get() <= 20, most + " open");
    assertEquals(0, connections.open());
    assertFalse(connections.busy());
  }

  @Test
  void aLimitOfNothingIsABug() {
    assertThrows(IllegalArgumentException.class, () -> connections(0, 1));
    assertThrows(IllegalArgumentException.class, () -> connections(1, 0));
  }
}
