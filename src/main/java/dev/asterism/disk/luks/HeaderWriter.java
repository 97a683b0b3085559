package dev.asterism.disk.luks;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.SecureRandom;

/**
 * Writes metadata so that a kill, also a loss of power, at any point leaves what {@link
 * LuksHeader#parse} reads as the old or the new: key material first, where none was; then one copy
 * after the other, each unfinished until its checksum is written. What is no longer used goes last.
 */
final class HeaderWriter {
  private final HeaderDisk disk;

  HeaderWriter(HeaderDisk disk) {
    this.disk = disk;
  }

  /** A run of key material. */
  record Area(long offset, Bytes content) {
    /** The same place, with nothing to be learned from. */
    Area random() {
      var bytes = new byte[content.length()];
      new SecureRandom().nextBytes(bytes);
      return new Area(offset, Bytes.of(bytes));
    }
  }

  /**
   * For a disk with nothing to lose: from the first write on it is known as one being formatted.
   */
  void format(LuksHeader header, Area keys) throws IOException {
    begin(header.primary());
    begin(header.secondary());
    write(keys);
    finish(header.primary());
    finish(header.secondary());
  }

  /**
   * @param keys where the new header has them, and the old one does not
   * @param unused where the old header has them, and the new one does not
   */
  void replace(LuksHeader header, Area keys, Area unused) throws IOException {
    write(keys);
    replace(header);
    write(unused);
  }

  void replace(LuksHeader header) throws IOException {
    replace(header.primary());
    replace(header.secondary());
  }

  /** One copy alone; the other must be whole. */
  void replace(HeaderCopy copy) throws IOException {
    begin(copy);
    finish(copy);
  }

  private void write(Area area) throws IOException {
    disk.write(area.offset(), area.content().toArray());
  }

  private void begin(HeaderCopy copy) throws IOException {
    disk.write(copy.binary().copy().offset(), copy.binary().unfinished().toBytes().toArray());
  }

  private void finish(HeaderCopy copy) throws IOException {
    int offset = copy.binary().copy().offset();
    disk.write(offset + (long) BinaryHeader.LENGTH, copy.jsonArea().toArray());
    disk.write(offset, copy.binary().toBytes().toArray());
  }
}
