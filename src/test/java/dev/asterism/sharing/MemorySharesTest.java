package dev.asterism.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemorySharesTest {
  private final List<String> closed = new ArrayList<>();
  private final AtomicInteger evictions = new AtomicInteger();
  private final MemoryShares shares = new MemoryShares(100, evictions::incrementAndGet);
  private final Connections connections =
      new Connections(
          100,
          100,
          new Connections.Listener() {
            @Override
            public void evicted() {}

            @Override
            public void refused() {}
          });

  private Connection connection(String address, String name) {
    return connections.open(InetAddress.ofLiteral(address), () -> closed.add(name)).orElseThrow();
  }

  private MemoryShares.Share share(String address, String name) {
    return shares.of(connection(address, name));
  }

  @Test
  void whatFitsIsKept() {
    assertTrue(share("10.0.0.1", "a").grow(60));
    assertTrue(share("10.0.0.1", "b").grow(40));
    assertEquals(List.of(), closed);
    assertEquals(100, shares.taken());
  }

  @Test
  void thePeerThatHasMostMakesWayWithItsOldest() {
    assertTrue(share("10.0.0.2", "modest").grow(30));
    var oldest = share("10.0.0.1", "oldest");
    assertTrue(oldest.grow(35));
    assertTrue(share("10.0.0.1", "younger").grow(35));
    assertTrue(share("10.0.0.3", "newcomer").grow(1));
    assertEquals(List.of("oldest"), closed);
    assertEquals(66, shares.taken());
    assertEquals(1, evictions.get());
    assertFalse(oldest.grow(1), "it is closed, and takes nothing any more");
    assertEquals(66, shares.taken());
  }

  @Test
  void behindOneAddressTheLargestMakesWay() {
    assertTrue(share("10.0.0.1", "honest").grow(10));
    assertTrue(share("10.0.0.1", "large").grow(80));
    assertTrue(share("10.0.0.1", "honest too").grow(20));
    assertEquals(List.of("large"), closed);
  }

  @Test
  void asManyMakeWayAsNeeded() {
    for (int i = 0; i < 10; i++) {
      assertTrue(share("10.0.0.1", "small " + i).grow(10));
    }
    assertTrue(share("10.0.0.2", "large").grow(45));
    assertEquals(5, closed.size());
    assertEquals(95, shares.taken());
  }

  @Test
  void whatIsBeingWorkedAtStays() {
    Connection working = connection("10.0.0.1", "working");
    assertTrue(shares.of(working).grow(80));
    working.beginWork();
    assertFalse(share("10.0.0.2", "newcomer").grow(30));
    assertEquals(List.of("newcomer"), closed);
    working.endWork();
    assertTrue(share("10.0.0.2", "next").grow(30));
    assertEquals(List.of("newcomer", "working"), closed);
  }

  @Test
  void onePeerHasAQuarterAtWorkAndOthersFindRoom() {
    Connection working = connection("10.0.0.1", "working");
    assertTrue(shares.of(working).grow(15));
    working.beginWork();
    assertTrue(share("10.0.0.1", "fits").grow(10));
    assertFalse(share("10.0.0.1", "too much").grow(11));
    assertTrue(share("10.0.0.2", "another's").grow(60));
    assertEquals(List.of("too much"), closed);
    assertEquals(85, shares.taken());
    working.endWork();
    assertTrue(share("10.0.0.1", "waits for nobody").grow(15));
  }

  @Test
  void whoAloneWantsMoreThanThereIsIsClosed() {
    assertFalse(share("10.0.0.1", "greedy").grow(101));
    assertEquals(List.of("greedy"), closed);
    assertEquals(0, shares.taken());
  }

  @Test
  void whatIsGivenBackIsThereAgain() {
    var first = share("10.0.0.1", "first");
    assertTrue(first.grow(50));
    assertTrue(first.grow(50));
    first.close();
    first.close();
    assertEquals(0, shares.taken());
    assertTrue(share("10.0.0.1", "second").grow(100));
    assertEquals(List.of(), closed);
  }

  @Test
  void aLimitOfNothingIsABug() {
    assertThrows(IllegalArgumentException.class, () -> new MemoryShares(0, () -> {}));
  }
}
