package dev.asterism.audit;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;

/**
 * Where a log ends. Whoever keeps one elsewhere can tell later whether the log still holds that
 * record, and so whether its tail was cut or anything before it was rewritten.
 *
 * @param sequence of the last record; 0 where there is none
 * @param hash of the last record; zeros where there is none
 */
public record AuditHead(long sequence, Bytes hash) {
  static final AuditHead START = new AuditHead(0, Bytes.zeros(Digests.SHA256.length()));

  /** {@code 12 9f3c…}. */
  @Override
  public String toString() {
    return sequence + " " + hash.hex();
  }
}
