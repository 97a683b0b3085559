package dev.asterism.disk.luks;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * The block in front of each copy of the metadata (LUKS2 On-Disk Format 1.1.1, section 2.1), 4096
 * bytes. All but magic, salt, offset and checksum is the same in both copies.
 *
 * @param sequenceId grows with each change
 * @param checksum 64 bytes, of which SHA-256 uses 32; all zero in a copy that is being written
 */
record BinaryHeader(
    Copy copy,
    long sequenceId,
    String label,
    Bytes salt,
    String uuid,
    String subsystem,
    Bytes checksum) {

  static final int LENGTH = 4096;

  /** Of block and JSON area together, as libcryptsetup makes them. */
  static final int COPY_LENGTH = 16384;

  private static final int VERSION = 2;
  private static final int LABEL = 48;
  private static final int ALGORITHM = 32;
  private static final int SALT = 64;
  private static final int UUID = 40;
  private static final int SUBSYSTEM = 48;
  private static final int PADDING = 184;
  private static final int CHECKSUM = 64;
  private static final int REST = 7 * 512;
  private static final String SHA256 = "sha256";

  /** Which of the two. */
  enum Copy {
    PRIMARY("LUKS", 0),
    SECONDARY("SKUL", COPY_LENGTH);

    private final String magic;
    private final int offset;

    Copy(String magic, int offset) {
      this.magic = magic;
      this.offset = offset;
    }

    Bytes magic() {
      return new ByteWriter().bytes(Bytes.ofUtf8(magic)).u8(0xba).u8(0xbe).toBytes();
    }

    /** Where it lies, in bytes. */
    int offset() {
      return offset;
    }

    Copy other() {
      return this == PRIMARY ? SECONDARY : PRIMARY;
    }
  }

  /** Reads 4096 bytes, strictly: nothing that is not used may be set. */
  static BinaryHeader parse(Copy copy, Bytes block) throws MalformedException {
    var in = ByteReader.of("LUKS2 header", block.toArray());
    if (!in.bytes("magic", copy.magic().length()).equals(copy.magic())) {
      throw new MalformedException("magic", "is not that of the " + copy + " copy");
    }
    expect("version", in.u16be("version"), VERSION);
    expect("hdr_size", in.u64be("hdr_size"), COPY_LENGTH);
    long sequenceId = in.u64be("seqid");
    String label = text(in, "label", LABEL);
    if (!text(in, "checksum_alg", ALGORITHM).equals(SHA256)) {
      throw new MalformedException("checksum_alg", "is not sha256");
    }
    Bytes salt = in.bytes("salt", SALT);
    String uuid = text(in, "uuid", UUID);
    String subsystem = text(in, "subsystem", SUBSYSTEM);
    expect("hdr_offset", in.u64be("hdr_offset"), copy.offset());
    zero("padding", in.bytes("padding", PADDING));
    Bytes checksum = in.bytes("csum", CHECKSUM);
    zero("padding4096", in.bytes("padding4096", REST));
    in.end();
    if (sequenceId < 0) {
      throw new MalformedException("seqid", "is larger than any that was counted to");
    }
    return new BinaryHeader(copy, sequenceId, label, salt, uuid, subsystem, checksum);
  }

  /** The counterpart of {@link #parse}. */
  Bytes toBytes() {
    return new ByteWriter()
        .bytes(copy.magic())
        .u16be(VERSION)
        .u64be(COPY_LENGTH)
        .u64be(sequenceId)
        .bytes(padded(label, LABEL))
        .bytes(padded(SHA256, ALGORITHM))
        .bytes(salt)
        .bytes(padded(uuid, UUID))
        .bytes(padded(subsystem, SUBSYSTEM))
        .u64be(copy.offset())
        .bytes(Bytes.zeros(PADDING))
        .bytes(checksum)
        .bytes(Bytes.zeros(REST))
        .toBytes();
  }

  /** The same block as the other copy has it, unfinished. */
  BinaryHeader as(Copy other) {
    return new BinaryHeader(other, sequenceId, label, salt, uuid, subsystem, Bytes.zeros(CHECKSUM));
  }

  /** Of the next metadata, unfinished. */
  BinaryHeader next() {
    return new BinaryHeader(
        copy, sequenceId + 1, label, salt, uuid, subsystem, Bytes.zeros(CHECKSUM));
  }

  /** Being written: the checksum comes last. */
  boolean isUnfinished() {
    return checksum.isAllZero();
  }

  BinaryHeader unfinished() {
    return as(copy);
  }

  /** With the checksum over this block and the JSON area. */
  BinaryHeader finished(Bytes jsonArea) {
    Bytes digest = digest(jsonArea);
    Bytes padded = Bytes.concat(digest, Bytes.zeros(CHECKSUM - digest.length()));
    return new BinaryHeader(copy, sequenceId, label, salt, uuid, subsystem, padded);
  }

  boolean checksumHolds(Bytes jsonArea) {
    return finished(jsonArea).checksum().equals(checksum);
  }

  /** Whether all that the copies share is the same. */
  boolean agreesWith(BinaryHeader that) {
    return sequenceId == that.sequenceId
        && label.equals(that.label)
        && uuid.equals(that.uuid)
        && subsystem.equals(that.subsystem);
  }

  private Bytes digest(Bytes jsonArea) {
    return Bytes.of(Digests.SHA256.of(unfinished().toBytes(), jsonArea).toArray());
  }

  private static String text(ByteReader in, String field, int length) throws MalformedException {
    Bytes raw = in.bytes(field, length);
    int end = 0;
    while (end < length && raw.at(end) != 0) {
      if (raw.at(end) < 0x20 || raw.at(end) > 0x7e) {
        throw new MalformedException(field, "is not printable text");
      }
      end++;
    }
    if (end == length) {
      throw new MalformedException(field, "does not end");
    }
    zero(field, raw.slice(end, length));
    return new String(raw.slice(0, end).toArray(), StandardCharsets.US_ASCII);
  }

  private static Bytes padded(String text, int length) {
    Bytes bytes = Bytes.ofUtf8(text);
    return Bytes.concat(bytes, Bytes.zeros(length - bytes.length()));
  }

  private static void zero(String field, Bytes value) throws MalformedException {
    if (!value.isAllZero()) {
      throw new MalformedException(field, "holds more than zeros");
    }
  }

  private static void expect(String field, long actual, long expected) throws MalformedException {
    if (actual != expected) {
      throw new MalformedException(field, "is not " + expected);
    }
  }
}
