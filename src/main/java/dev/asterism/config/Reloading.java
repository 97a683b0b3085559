package dev.asterism.config;

import dev.asterism.attestation.Versioned;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A value read from files, read again when they change. Users ask {@link #get} each time they need
 * it and get an immutable value with its generation; a bad change is reported and the last good
 * value stays.
 *
 * <p>Kubernetes changes a mounted ConfigMap by swapping a symlink, which no file watch reports
 * reliably, so the files are read at an interval and their content is compared: a write that
 * changes nothing makes no new generation. Several files are taken as one snapshot, so that values
 * from before and after a swap never mix.
 */
public final class Reloading<T> implements Supplier<Versioned<T>>, AutoCloseable {
  /** Short enough for an admin who waits for a change, long enough to cost nothing. */
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(1);

  private final SnapshotReader reader;
  private final Parser<T> parser;
  private final Listener listener;
  private final Duration interval;
  private final Thread poller;

  /** What {@link #current} was made of; only the poller touches it after construction. */
  private Snapshot good;

  /** The last state that was reported as bad, so that it is reported once. */
  private @Nullable String reported;

  private volatile Versioned<T> current;

  /** Makes a value of the files' content. */
  @FunctionalInterface
  public interface Parser<T> {
    T parse(Snapshot files) throws MalformedException;
  }

  /** Hears of changes, on the polling thread. */
  public interface Listener {
    /**
     * A value is about to come into force, the first one too. Where this throws, it does not; a
     * later one is tried again.
     *
     * @param generation from 1
     * @param files which it was made of
     */
    default void coming(long generation, Snapshot files) {}

    /** It did; not heard of the first. */
    void reloaded(long generation);

    /**
     * The files changed to something unusable; {@code generation} stays in use.
     *
     * @param reason file, place and what is wrong with it; no content
     */
    void rejected(String reason, long generation);
  }

  /**
   * Reads the files once and starts to watch them.
   *
   * @param files regular files or symlinks to them, each at most {@link Snapshot#MAX_FILE} bytes
   * @param interval between two looks at the files
   * @throws IOException if a file cannot be read
   * @throws MalformedException if the first content is unusable: a service does not start on it
   */
  public Reloading(List<Path> files, Parser<T> parser, Listener listener, Duration interval)
      throws IOException, MalformedException {
    if (!interval.isPositive()) {
      throw new IllegalArgumentException("the interval must be positive");
    }
    this.reader = new SnapshotReader(files);
    this.parser = parser;
    this.listener = listener;
    this.interval = interval;
    this.good = reader.read();
    this.current = new Versioned<>(parser.parse(good), 1);
    listener.coming(1, good);
    this.poller = Thread.ofVirtual().name("config-reload").start(this::poll);
  }

  @Override
  public Versioned<T> get() {
    return current;
  }

  /** Stops watching; the last value stays readable. */
  @Override
  public void close() {
    poller.interrupt();
  }

  private void poll() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(interval);
        try {
          look();
        } catch (RuntimeException e) {
          // A listener's bug: let it be seen, but a service must not stop reloading for it.
          poller.getUncaughtExceptionHandler().uncaughtException(poller, e);
        }
      }
    } catch (InterruptedException e) {
      // Closed.
    }
  }

  private void look() throws InterruptedException {
    Snapshot now;
    try {
      now = reader.read();
    } catch (IOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      reject(e.getMessage() == null ? "cannot be read" : e.getMessage());
      return;
    }
    if (now.equals(good)) {
      reported = null;
      return;
    }
    T value;
    try {
      value = parser.parse(now);
    } catch (MalformedException e) {
      reject(String.valueOf(e.getMessage()));
      return;
    } catch (RuntimeException e) {
      reject("cannot be used: " + e.getClass().getSimpleName());
      return;
    }
    var next = new Versioned<>(value, current.generation() + 1);
    listener.coming(next.generation(), now);
    good = now;
    reported = null;
    current = next;
    listener.reloaded(next.generation());
  }

  private void reject(String reason) {
    if (!reason.equals(reported)) {
      reported = reason;
      listener.rejected(reason, current.generation());
    }
  }
}
