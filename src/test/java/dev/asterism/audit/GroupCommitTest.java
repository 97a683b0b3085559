package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditRecord.Entry;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GroupCommitTest {
  /** A disk that does nothing until it is told to. */
  private static final class SlowDisk implements AuditLines {
    final CountDownLatch begun = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final List<Integer> batches = new ArrayList<>();
    private final boolean fails;

    SlowDisk(boolean fails) {
      this.fails = fails;
    }

    @Override
    public void append(List<Entry> batch) throws IOException {
      begun.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      batches.add(batch.size());
      if (fails) {
        throw new IOException("No space left on device");
      }
    }

    @Override
    public AuditHead head() {
      return AuditHead.START;
    }

    @Override
    public void close() {}
  }

  private static AuditLog log(SlowDisk disk) {
    return new AuditLog(disk, System::nanoTime, Logs.CLOCK);
  }

  private static Callable<Boolean> appends(AuditLog log, int i) {
    return () -> {
      log.append("event", Json.newObject().put("i", i));
      return true;
    };
  }

  @Test
  void whateverComesInWhileTheDiskIsBusySharesTheNextSync() throws Exception {
    var disk = new SlowDisk(false);
    try (AuditLog log = log(disk);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Boolean>>();
      calls.add(threads.submit(appends(log, 0)));
      disk.begun.await();
      for (int i = 1; i <= 200; i++) {
        calls.add(threads.submit(appends(log, i)));
      }
      assertTrue(calls.stream().noneMatch(Future::isDone), "acknowledged before the sync");
      disk.go.countDown();
      for (Future<Boolean> call : calls) {
        assertTrue(call.get());
      }
    }
    assertEquals(201, disk.batches.stream().mapToInt(i -> i).sum());
    assertEquals(1, disk.batches.getFirst());
    assertTrue(disk.batches.size() < 100, disk.batches::toString);
  }

  @Test
  void moreThanMayWaitFailAtOnceAndTheOthersAreKept() throws Exception {
    var disk = new SlowDisk(false);
    int kept = 0;
    try (AuditLog log = log(disk);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Boolean>>();
      calls.add(threads.submit(appends(log, 0)));
      disk.begun.await();
      // Those that fail are done while the disk still waits.
      for (int i = 1; i <= 1500; i++) {
        calls.add(threads.submit(appends(log, i)));
      }
      while (calls.stream().filter(Future::isDone).count() < 1500 - 1024) {
        Thread.onSpinWait();
      }
      disk.go.countDown();
      for (Future<Boolean> call : calls) {
        try {
          kept += call.get() ? 1 : 0;
        } catch (ExecutionException e) {
          assertTrue(e.getCause().getMessage().contains("too many"), e::toString);
        }
      }
    }
    assertEquals(1025, kept);
    assertEquals(1025, disk.batches.stream().mapToInt(i -> i).sum());
  }

  @Test
  void allThatShareASyncThatFailsAreTold() throws Exception {
    var disk = new SlowDisk(true);
    try (AuditLog log = log(disk);
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<Boolean>>();
      for (int i = 0; i < 20; i++) {
        calls.add(threads.submit(appends(log, i)));
      }
      disk.go.countDown();
      for (Future<Boolean> call : calls) {
        var failure = assertThrows(ExecutionException.class, call::get);
        assertTrue(failure.getMessage().contains("No space left on device"), failure::toString);
      }
    }
  }

  @Test
  void closingKeepsWhatWasBegun() throws Exception {
    var disk = new SlowDisk(false);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      AuditLog log = log(disk);
      Future<Boolean> call = threads.submit(appends(log, 0));
      disk.begun.await();
      Future<?> closing = threads.submit(log::close);
      disk.go.countDown();
      closing.get();
      assertTrue(call.get());
      assertThrows(IOException.class, () -> log.append("late", Json.newObject()));
    }
  }
}
