package dev.asterism.disk.luks;

import dev.asterism.disk.luks.BinaryHeader.Copy;
import dev.asterism.disk.luks.HeaderWriter.Area;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Both copies of the metadata, which agree. Parsed by us, so that libcryptsetup sees only what was
 * verified.
 *
 * @param mended the one of them that had to be made from the other, because a write was interrupted
 */
record LuksHeader(
    HeaderCopy primary, HeaderCopy secondary, ObjectNode json, Optional<HeaderCopy> mended) {
  /** Of both copies, in bytes. */
  static final int LENGTH = 2 * BinaryHeader.COPY_LENGTH;

  String uuid() {
    return primary.binary().uuid();
  }

  /** What the marker says; false where there is none. */
  boolean initialized() {
    return json.at("/tokens/0/" + HeaderRules.MARKER).asBoolean(false);
  }

  /** The key material of slot 0, where these metadata say; they must have been verified. */
  Area keys(Source source) throws IOException {
    long offset = json.at("/keyslots/0/area/offset").asLong();
    int length = json.at("/keyslots/0/area/size").asInt();
    return new Area(offset, Bytes.of(source.read(offset, length)));
  }

  /** Where bytes come from. */
  interface Source {
    byte[] read(long offset, int length) throws IOException;
  }

  /** Of both copies. */
  Bytes toBytes() {
    return Bytes.concat(primary.toBytes(), secondary.toBytes());
  }

  /** The next one, with other metadata. */
  LuksHeader with(ObjectNode changed) {
    Bytes text = Bytes.ofUtf8(Json.line(changed));
    Bytes area = Bytes.concat(text, Bytes.zeros(HeaderCopy.JSON_LENGTH - text.length()));
    var copy = new HeaderCopy(primary.binary().next().finished(area), area);
    return new LuksHeader(copy, copy.mirrored(), changed, Optional.empty());
  }

  /**
   * Reads what libcryptsetup wrote.
   *
   * @throws IOException if it is not whole
   */
  static LuksHeader read(MemoryFile memory) throws IOException {
    return parse(Bytes.of(memory.read(0, LENGTH)))
        .orElseThrow(() -> new IOException("libcryptsetup left a header that is not finished"));
  }

  /** Whether this looks like one, whatever else is wrong with it. */
  static boolean hasMagic(Bytes start) {
    return start.length() >= LENGTH && (magic(Copy.PRIMARY, start) || magic(Copy.SECONDARY, start));
  }

  private static boolean magic(Copy copy, Bytes start) {
    int end = copy.offset() + copy.magic().length();
    return start.slice(copy.offset(), end).equals(copy.magic());
  }

  /**
   * Reads both copies.
   *
   * @param start the first {@link #LENGTH} bytes of the disk
   * @return empty where a format was interrupted before there was anything to lose
   * @throws HeaderException if a copy is not well-formed, or they disagree in another way than an
   *     interrupted write leaves them
   */
  static Optional<LuksHeader> parse(Bytes start) throws HeaderException {
    if (start.length() != LENGTH) {
      throw new HeaderException(HeaderCheck.BINARY, "header", "is not " + LENGTH + " bytes long");
    }
    boolean secondaryIsThere = magic(Copy.SECONDARY, start);
    HeaderCopy primary = copy(Copy.PRIMARY, start);
    if (primary.binary().isUnfinished() && !secondaryIsThere) {
      return Optional.empty();
    }
    HeaderCopy secondary = copy(Copy.SECONDARY, start);
    boolean first = !primary.binary().isUnfinished();
    boolean second = !secondary.binary().isUnfinished();
    if (!first && !second) {
      return Optional.empty();
    }
    if (first) {
      requireChecksum(primary);
    }
    if (second) {
      requireChecksum(secondary);
    }
    if (first && second && primary.sameContent(secondary)) {
      return Optional.of(new LuksHeader(primary, secondary, json(primary), Optional.empty()));
    }
    // The primary copy is written first, so only it can be newer.
    if (first && second && primary.binary().sequenceId() <= secondary.binary().sequenceId()) {
      throw new HeaderException(HeaderCheck.COPIES, "header", "differs between its two copies");
    }
    HeaderCopy mended = first ? primary.mirrored() : secondary.mirrored();
    return Optional.of(
        first
            ? new LuksHeader(primary, mended, json(primary), Optional.of(mended))
            : new LuksHeader(mended, secondary, json(secondary), Optional.of(mended)));
  }

  private static HeaderCopy copy(Copy copy, Bytes start) throws HeaderException {
    int from = copy.offset();
    int json = from + BinaryHeader.LENGTH;
    try {
      return new HeaderCopy(
          BinaryHeader.parse(copy, start.slice(from, json)),
          start.slice(json, from + BinaryHeader.COPY_LENGTH));
    } catch (MalformedException e) {
      throw new HeaderException(HeaderCheck.BINARY, copy.name(), String.valueOf(e.getMessage()));
    }
  }

  private static void requireChecksum(HeaderCopy copy) throws HeaderException {
    if (!copy.binary().checksumHolds(copy.jsonArea())) {
      throw new HeaderException(
          HeaderCheck.CHECKSUM, copy.binary().copy().name(), "does not match its checksum");
    }
  }

  /** Text, a zero, and zeros to the end. */
  private static ObjectNode json(HeaderCopy copy) throws HeaderException {
    Bytes area = copy.jsonArea();
    int end = 0;
    while (end < area.length() && area.at(end) != 0) {
      end++;
    }
    if (end == area.length() || !area.slice(end, area.length()).isAllZero()) {
      throw new HeaderException(HeaderCheck.JSON, "metadata", "does not end in zeros");
    }
    try {
      return Json.object("metadata", area.slice(0, end));
    } catch (MalformedException e) {
      throw new HeaderException(HeaderCheck.JSON, "metadata", String.valueOf(e.getMessage()));
    }
  }
}
