package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.IssueException;
import dev.asterism.bootstrap.NodeLock.Taker;
import dev.asterism.testing.FakeRegister;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class NodeLockTest {
  private static final Bytes ID = Bytes.ofUtf8("cluster");

  private final FakeRegister register = new FakeRegister();
  private final NodeLock lock = new NodeLock(register);

  @RepeatedTest(20)
  void exactlyOneOfManyGetsTheNode() throws Exception {
    var start = new CountDownLatch(1);
    var prepared = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        Taker taker = i % 2 == 0 ? Taker.INIT : Taker.JOIN;
        Callable<Boolean> take =
            () -> {
              start.await();
              try {
                lock.take(taker, ID, prepared::incrementAndGet);
                return true;
              } catch (NodeTakenException e) {
                return false;
              }
            };
        all.add(threads.submit(take));
      }
      start.countDown();
      int winners = 0;
      for (Future<Boolean> one : all) {
        winners += one.get() ? 1 : 0;
      }
      assertEquals(1, winners);
    }
    assertEquals(1, prepared.get());
    assertEquals(1, register.extensions());
  }

  @Test
  void saysWhoHasTheNode() throws Exception {
    lock.take(Taker.INIT, ID, () -> {});

    var e = assertThrows(NodeTakenException.class, () -> lock.take(Taker.JOIN, ID, () -> {}));

    assertEquals("the node is taken: an admin initializes it", e.getMessage());
    assertEquals(Optional.of(Taker.INIT), lock.taker());
  }

  @Test
  void aRegisterThatIsSpentCannotBeTaken() throws Exception {
    register.extend(ID);

    var e =
        assertThrows(
            NodeTakenException.class,
            () ->
                lock.take(
                    Taker.JOIN,
                    ID,
                    () -> {
                      throw new IOException("must not be reached");
                    }));

    assertTrue(e.getMessage().contains("not zero"), e.getMessage());
    assertEquals(1, register.extensions());
  }

  @Test
  void whoCannotPrepareLeavesTheNodeToOthers() throws Exception {
    assertThrows(
        IOException.class,
        () ->
            lock.take(
                Taker.JOIN,
                ID,
                () -> {
                  throw new IOException("disk full");
                }));
    assertEquals(Optional.empty(), lock.taker());
    assertEquals(0, register.extensions());

    lock.take(Taker.INIT, ID, () -> {});

    assertEquals(Optional.of(Taker.INIT), lock.taker());
  }

  @Test
  void aRegisterThatFailsInTheMiddleMayBeSpentSoTheNodeIsTaken() {
    assertThrows(IssueException.class, () -> lock.take(Taker.JOIN, ID, register::breakDown));

    assertEquals(Optional.of(Taker.JOIN), lock.taker());
  }

  @Test
  void preparesBeforeItExtends() throws Exception {
    lock.take(Taker.JOIN, ID, () -> assertEquals(0, register.extensions()));

    assertEquals(register.expectedAfter(ID), register.read());
  }
}
