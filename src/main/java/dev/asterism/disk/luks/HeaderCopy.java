package dev.asterism.disk.luks;

import dev.asterism.disk.luks.BinaryHeader.Copy;
import dev.asterism.wire.Bytes;

/** One copy of the metadata: its block, and the JSON area behind it. */
record HeaderCopy(BinaryHeader binary, Bytes jsonArea) {
  static final int JSON_LENGTH = BinaryHeader.COPY_LENGTH - BinaryHeader.LENGTH;

  /** Block and area. */
  Bytes toBytes() {
    return Bytes.concat(binary.toBytes(), jsonArea);
  }

  /** The same content as the other copy holds it. */
  HeaderCopy mirrored() {
    Copy other = binary.copy().other();
    return new HeaderCopy(binary.as(other).finished(jsonArea), jsonArea);
  }

  boolean sameContent(HeaderCopy that) {
    return binary.agreesWith(that.binary) && jsonArea.equals(that.jsonArea);
  }
}
