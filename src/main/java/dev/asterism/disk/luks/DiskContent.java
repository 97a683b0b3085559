package dev.asterism.disk.luks;

import dev.asterism.disk.luks.HeaderWriter.Area;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What lies on a disk, as far as can be said without a key. */
sealed interface DiskContent {
  /** Nothing: zeros, or a format that was cut off. */
  record Blank() implements DiskContent {}

  /** A disk of ours: all of it that a key will be used on. */
  record Ours(LuksHeader header, Area keys) implements DiskContent {
    boolean initialized() {
      return header.initialized();
    }
  }

  /**
   * Something else, or a header that is not what it must be.
   *
   * @param kept it is one of ours but for its integrity, with data on it: whoever lets foreign data
   *     be destroyed does not mean it
   */
  record Foreign(IOException why, boolean kept) implements DiskContent {
    Foreign(IOException why) {
      this(why, false);
    }
  }

  /** Of the disk's end that must be zero, too: some systems keep their metadata there. */
  int TAIL = 1024 * 1024;

  /** What is looked at together. */
  int PIECE = 64 * 1024;

  /**
   * Reads what a key will be used on, once.
   *
   * @throws IOException if the disk cannot be read, or is too small
   */
  static DiskContent read(HeaderDisk disk, IntegrityRule integrity, HeaderRules.MarkerRule marker)
      throws IOException {
    if (disk.length() < HeaderRules.DATA_OFFSET + (long) TAIL) {
      throw new IOException(disk + " is too small for an encrypted disk");
    }
    Bytes start = Bytes.of(disk.read(0, LuksHeader.LENGTH));
    if (!LuksHeader.hasMagic(start)) {
      return isZero(disk, 0, HeaderRules.DATA_OFFSET) && isZero(disk, disk.length() - TAIL, TAIL)
          ? new Blank()
          : new Foreign(new IOException("it holds something else than an encrypted disk"));
    }
    try {
      Optional<LuksHeader> header = LuksHeader.parse(start);
      if (header.isEmpty()) {
        return new Blank();
      }
      List<Violation> found = HeaderRules.violations(header.get(), integrity, marker);
      if (!found.isEmpty()) {
        boolean other = found.stream().allMatch(one -> one.check() == HeaderCheck.INTEGRITY);
        boolean used = marker == HeaderRules.MarkerRule.ABSENT || header.get().initialized();
        return new Foreign(new HeaderException(found), other && used);
      }
      return new Ours(header.get(), header.get().keys(disk::read));
    } catch (HeaderException e) {
      return new Foreign(e);
    }
  }

  private static boolean isZero(HeaderDisk disk, long from, int length) throws IOException {
    for (int at = 0; at < length; at += PIECE) {
      if (!Bytes.of(disk.read(from + at, PIECE)).isAllZero()) {
        return false;
      }
    }
    return true;
  }
}
