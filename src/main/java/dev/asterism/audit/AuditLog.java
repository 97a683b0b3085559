package dev.asterism.audit;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/**
 * An append-only file of JSON lines {@code {"time", "event", "content", "previous"}}. A record is
 * on the disk when {@link #append} returns; each holds the SHA-256 of the line before it, so that
 * whoever kept one line can tell whether those above it were changed.
 */
public final class AuditLog implements AutoCloseable {
  /** RFC 3339 in UTC with milliseconds: sorts as text. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

  private final ReentrantLock lock = new ReentrantLock();
  private final AuditLines lines;
  private final InstantSource clock;

  /**
   * Opens the file, made with mode 0600, and continues it. What a crash left of a line stays as a
   * line of its own.
   *
   * @throws IOException if it cannot be opened, or another process writes it
   */
  public AuditLog(Path file, InstantSource clock) throws IOException {
    this(AuditFile.open(file), clock);
  }

  private AuditLog(AuditLines lines, InstantSource clock) {
    this.lines = lines;
    this.clock = clock;
  }

  /**
   * A log on a stream that someone else keeps, such as a container's standard error. It begins anew
   * with each process, and nothing vouches that a record is on a disk.
   */
  public static AuditLog to(OutputStream out, InstantSource clock) {
    return new AuditLog(new AuditStream(out), clock);
  }

  /**
   * Adds one record and waits until it is on the disk.
   *
   * @param event what happened, a short constant
   * @param content never a secret
   * @throws IOException if it could not be kept: then what it records must not happen
   */
  public void append(String event, ObjectNode content) throws IOException {
    lock.lock();
    try {
      ObjectNode line = Json.newObject();
      line.put("time", time(clock.instant()));
      line.put("event", event);
      line.set("content", content);
      line.put("previous", lines.lastLine().hex());
      lines.append((Json.line(line) + "\n").getBytes(StandardCharsets.UTF_8));
    } finally {
      lock.unlock();
    }
  }

  /** The SHA-256 of the last line without its newline; zeros where there is none. */
  public Bytes head() throws IOException {
    lock.lock();
    try {
      return lines.lastLine();
    } finally {
      lock.unlock();
    }
  }

  private static String time(Instant instant) {
    return TIME.format(instant);
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      lines.close();
    } finally {
      lock.unlock();
    }
  }
}
