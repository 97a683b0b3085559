package dev.asterism.audit;

import dev.asterism.audit.AuditRecord.Entry;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One thread that writes for all: whatever has come in while the disk was busy goes there together,
 * by one sync. Nobody waits for a lock meanwhile, only for his own lines.
 */
final class GroupCommit implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(GroupCommit.class.getName());

  /** Whoever writes waits, so that this many calls would have to be under way at once. */
  private static final int MAX_WAITING = 1024;

  private static final long MAX_WAITING_BYTES = 16L << 20;
  private static final int MAX_BATCH = 256;
  private static final int MAX_BATCH_BYTES = 1 << 20;

  /** For a disk that does not answer; one that is full says so at once. */
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private static final Duration TICK = Duration.ofSeconds(1);

  private final ArrayBlockingQueue<Pending> queue = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicLong queuedBytes = new AtomicLong();
  private final AuditLines lines;
  private final Repetitions repetitions;
  private final InstantSource clock;
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean ended;

  /** Records that are to be written, and whoever waits for that. */
  private record Pending(
      String event, String content, int bytes, CompletableFuture<@Nullable Void> done) {
    /** Only wakes the thread. */
    static Pending nothing() {
      return new Pending("", "", 0, CompletableFuture.completedFuture(null));
    }
  }

  /**
   * @param repetitions what was counted goes on record when it is time
   */
  GroupCommit(AuditLines lines, Repetitions repetitions, InstantSource clock) {
    this.lines = lines;
    this.repetitions = repetitions;
    this.clock = clock;
    this.thread = Thread.ofPlatform().daemon().name("audit").start(this::run);
  }

  /** Where the log ends. */
  AuditHead head() {
    return lines.head();
  }

  /** Returns once the record is kept. */
  void append(String event, String content) throws IOException {
    int bytes = content.getBytes(StandardCharsets.UTF_8).length;
    var pending = new Pending(event, content, bytes, new CompletableFuture<>());
    if (closing || ended) {
      throw closed();
    }
    if (queuedBytes.addAndGet(bytes) > MAX_WAITING_BYTES || !queue.offer(pending)) {
      queuedBytes.addAndGet(-bytes);
      throw new IOException("too many audit records wait for the disk");
    }
    if (ended) {
      failLeft();
    }
    await(pending);
  }

  private static IOException closed() {
    return new IOException("the audit log is closed");
  }

  /** An interrupt does not unwrite a line: it is for whatever comes after. */
  private static void await(Pending pending) throws IOException {
    long end = System.nanoTime() + LIMIT.toNanos();
    boolean interrupted = false;
    try {
      while (true) {
        try {
          pending.done().get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } catch (TimeoutException e) {
      // Too late for whoever asked; if it was not begun, it never will be.
      pending.done().cancel(false);
      throw new IOException(
          "the audit record is not on the disk after " + LIMIT.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new IOException("the audit record cannot be kept: " + reason(e.getCause()), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static @Nullable String reason(@Nullable Throwable failure) {
    return failure == null ? "" : failure.getMessage();
  }

  private void run() {
    try {
      boolean more = true;
      while (more) {
        List<Pending> batch = next();
        more = !closing || !batch.isEmpty() || !queue.isEmpty();
        write(batch, repetitions.due(!more));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the audit log has stopped: nothing is recorded any more", e);
    } finally {
      ended = true;
      failLeft();
      try {
        lines.close();
      } catch (IOException e) {
        LOG.log(Level.WARNING, "the audit log was not closed cleanly", e);
      }
    }
  }

  private List<Pending> next() throws InterruptedException {
    var batch = new ArrayList<Pending>();
    long bytes = 0;
    Pending one = closing ? queue.poll() : queue.poll(TICK.toMillis(), TimeUnit.MILLISECONDS);
    while (one != null) {
      queuedBytes.addAndGet(-one.bytes());
      bytes += one.bytes();
      if (!one.done().isDone()) {
        batch.add(one);
      }
      one = batch.size() < MAX_BATCH && bytes < MAX_BATCH_BYTES ? queue.poll() : null;
    }
    return batch;
  }

  private void write(List<Pending> batch, Optional<Repetitions.Summary> summary) {
    if (batch.isEmpty() && summary.isEmpty()) {
      return;
    }
    var entries = new ArrayList<Entry>();
    for (Pending pending : batch) {
      entries.add(new Entry(clock.instant(), pending.event(), pending.content()));
    }
    summary.ifPresent(counted ->
        entries.add(
            new Entry(clock.instant(), Repetitions.EVENT, Shortening.line(counted.toJson()))));
    try {
      lines.append(entries);
      batch.forEach(pending -> pending.done().complete(null));
    } catch (IOException e) {
      summary.ifPresent(repetitions::giveBack);
      batch.forEach(pending -> pending.done().completeExceptionally(e));
      LOG.log(Level.ERROR, "the audit log cannot be written: " + e.getMessage());
    } catch (RuntimeException | Error e) {
      batch.forEach(pending -> pending.done().completeExceptionally(e));
      throw e;
    }
  }

  private void failLeft() {
    for (Pending left = queue.poll(); left != null; left = queue.poll()) {
      left.done().completeExceptionally(closed());
    }
  }

  /** Lets what was begun be written; what is asked for afterwards fails. */
  @Override
  public void close() {
    closing = true;
    queue.offer(Pending.nothing());
    boolean interrupted = false;
    long end = System.nanoTime() + LIMIT.toNanos();
    while (thread.isAlive() && System.nanoTime() < end) {
      try {
        thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
