package dev.asterism.audit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * An append-only log of JSON lines ({@link AuditRecord}, docs/audit.md). A record is on the disk
 * when {@link #append} returns; each carries its own hash and that of the one before, so that a
 * line that was changed, removed or cut is found by whoever reads the log.
 */
public final class AuditLog implements AutoCloseable {
  private final Repetitions repetitions;
  private final GroupCommit commit;

  /**
   * Opens the log, made with mode 0600, and continues it; a full file is never removed.
   *
   * @throws IOException if it cannot be opened, or another process writes it
   */
  public AuditLog(Path file, InstantSource clock) throws IOException {
    this(file, Rotation.DEFAULT, clock);
  }

  /**
   * Opens the log and continues it. What a crash left of a line is kept beside it, and is on record
   * with the next one.
   *
   * @param file where it grows; full files lie beside it
   * @throws IOException if it cannot be opened, or another process writes it
   */
  public AuditLog(Path file, Rotation rotation, InstantSource clock) throws IOException {
    this(AuditFiles.open(file, rotation, clock, AuditFaults.NONE), System::nanoTime, clock);
  }

  /**
   * @param nanoTime by which repetitions are counted
   */
  AuditLog(AuditLines lines, LongSupplier nanoTime, InstantSource clock) {
    this.repetitions = new Repetitions(nanoTime, clock);
    this.commit = new GroupCommit(lines, repetitions, clock);
  }

  /**
   * A log on a stream that someone else keeps, such as a container's standard error. It begins anew
   * with each process, and nothing vouches that a record is on a disk.
   */
  public static AuditLog to(OutputStream out, InstantSource clock) {
    return new AuditLog(new AuditStream(out), System::nanoTime, clock);
  }

  /**
   * Adds one record and waits until it is on the disk, together with those of others.
   *
   * @param event what happened, a short constant
   * @param content never a secret; shortened beyond some 60 KiB
   * @throws IOException if it could not be kept within ten seconds: then what it records must not
   *     happen
   */
  public void append(String event, ObjectNode content) throws IOException {
    commit.append(event, Shortening.line(content));
  }

  /**
   * The same for what a stranger can bring about as often as he likes: repetitions are counted
   * instead, and their counts recorded within a minute ({@link Repetitions}). Never for a ticket or
   * a key that is given.
   *
   * @param content asked only where it goes on record
   * @return whether it is on record by itself
   */
  public boolean appendOrCount(String event, Repetition what, Supplier<ObjectNode> content)
      throws IOException {
    if (!repetitions.byItself(event, what)) {
      return false;
    }
    append(event, content.get());
    return true;
  }

  /**
   * Where the log ends on the disk; {@link AuditHead#START} for one that is empty. Never waits for
   * the disk.
   */
  public AuditHead head() {
    return commit.head();
  }

  /** Writes what was counted, and lets go of the file. */
  @Override
  public void close() {
    commit.close();
  }
}
