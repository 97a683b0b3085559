package dev.asterism.audit;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * One line of an audit log (docs/audit.md): {@code {"sequence", "time", "event", "content",
 * "previous", "hash"}}, in this order.
 *
 * @param sequence 1 and up, without a gap
 * @param event what happened, a short constant
 * @param previous the {@code hash} of the line before; zeros in the first
 * @param hash SHA-256 of this line up to the comma before {@code "hash"}
 */
public record AuditRecord(
    long sequence, Instant time, String event, ObjectNode content, Bytes previous, Bytes hash) {
  /** The longest line, in bytes with its line break. */
  static final int MAX_LINE = 64 * 1024;

  /** RFC 3339 in UTC with milliseconds: sorts as text. */
  private static final DateTimeFormatter TIME =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter().withZone(ZoneOffset.UTC);

  private static final String HASH_BEGINS = ",\"hash\":\"";
  private static final String HASH_ENDS = "\"}";
  private static final int HASH_LENGTH =
      HASH_BEGINS.length() + 2 * Digests.SHA256.length() + HASH_ENDS.length();

  /** What is still to become a line. */
  record Entry(Instant time, String event, String content) {}

  /** A line with its line break, and where the log ends with it. */
  record Line(Bytes bytes, AuditHead head) {}

  static String time(Instant time) {
    return TIME.format(time);
  }

  /** The line of an entry that follows what ends in {@code last}. */
  static Line line(AuditHead last, Entry entry) {
    long sequence = last.sequence() + 1;
    String body =
        "{\"sequence\":"
            + sequence
            + ",\"time\":\""
            + time(entry.time())
            + "\",\"event\":"
            + Json.line(StringNode.valueOf(entry.event()))
            + ",\"content\":"
            + entry.content()
            + ",\"previous\":\""
            + last.hash().hex()
            + "\"";
    Bytes hash = Digests.SHA256.of(Bytes.ofUtf8(body));
    String line = body + HASH_BEGINS + hash.hex() + HASH_ENDS + "\n";
    return new Line(Bytes.ofUtf8(line), new AuditHead(sequence, hash));
  }

  /**
   * Reads a line without its line break.
   *
   * @throws MalformedException if it is no record; not if its hash is wrong, see {@link #intact}
   */
  static AuditRecord parse(Bytes line) throws MalformedException {
    ObjectNode json = Json.object("record", line);
    JsonNode sequence = json.get("sequence");
    if (sequence == null || !sequence.canConvertToExactIntegral() || !sequence.canConvertToLong()) {
      throw new MalformedException("sequence", "is missing, or is no number");
    }
    if (sequence.longValue() < 1 || sequence.longValue() == Long.MAX_VALUE) {
      throw new MalformedException("sequence", "is out of range");
    }
    return new AuditRecord(
        sequence.longValue(),
        instant(Json.string(json, "time")),
        Json.string(json, "event"),
        Json.child(json, "content"),
        hash(json, "previous"),
        hash(json, "hash"));
  }

  private static Instant instant(String time) throws MalformedException {
    try {
      Instant instant = Instant.parse(time);
      if (time(instant).equals(time)) {
        return instant;
      }
    } catch (DateTimeException _) {
      // As every other form.
    }
    throw new MalformedException("time", "is not like 2026-01-31T12:00:00.000Z");
  }

  private static Bytes hash(ObjectNode json, String member) throws MalformedException {
    Bytes hash = Bytes.ofHex(member, Json.string(json, member));
    if (hash.length() != Digests.SHA256.length()) {
      throw new MalformedException(member, "is no SHA-256");
    }
    return hash;
  }

  /** Whether {@code line}, which this was read from, is the one that its hash was made of. */
  boolean intact(Bytes line) {
    int body = line.length() - HASH_LENGTH;
    if (body < 0) {
      return false;
    }
    Bytes actual = Digests.SHA256.of(line.slice(0, body));
    Bytes end = Bytes.ofUtf8(HASH_BEGINS + actual.hex() + HASH_ENDS);
    return actual.equals(hash) && line.slice(body, line.length()).equals(end);
  }

  /** What a line says, where it is a record that was not changed. */
  static Optional<AuditRecord> intactRecord(Bytes line) {
    try {
      AuditRecord record = parse(line);
      return record.intact(line) ? Optional.of(record) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  AuditHead head() {
    return new AuditHead(sequence, hash);
  }

  /** In the form of its line. */
  public ObjectNode toJson() {
    ObjectNode json = Json.newObject();
    json.put("sequence", sequence).put("time", time(time)).put("event", event);
    json.set("content", content);
    return json.put("previous", previous.hex()).put("hash", hash.hex());
  }
}
