package dev.asterism.attestation.snp;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;

/** The launch digest in the making (AMD 56860, SNP_LAUNCH_UPDATE, PAGE_INFO). */
final class PageInfo {
  static final int PAGE = 4096;
  private static final int NORMAL = 1;
  private static final int VMSA = 2;
  private static final int ZERO = 3;
  private static final int SECRETS = 5;
  private static final int CPUID = 6;
  private static final int LENGTH = 0x70;

  /** Where the firmware says that save areas are. */
  private static final long VMSA_ADDRESS = 0xFFFF_FFFF_F000L;

  private Bytes digest = Bytes.zeros(Digests.SHA384.length());

  Bytes digest() {
    return digest;
  }

  /** Pages with content that is measured; whole pages. */
  void normal(long address, Bytes content) {
    for (int at = 0; at < content.length(); at += PAGE) {
      update(NORMAL, address + at, Digests.SHA384.of(content.slice(at, at + PAGE)));
    }
  }

  void zeros(long address, long length) {
    for (long at = 0; at < length; at += PAGE) {
      update(ZERO, address + at, Bytes.zeros(Digests.SHA384.length()));
    }
  }

  void secrets(long address) {
    update(SECRETS, address, Bytes.zeros(Digests.SHA384.length()));
  }

  void cpuid(long address) {
    update(CPUID, address, Bytes.zeros(Digests.SHA384.length()));
  }

  void saveArea(Bytes page) {
    update(VMSA, VMSA_ADDRESS, Digests.SHA384.of(page));
  }

  private void update(int type, long address, Bytes contents) {
    digest =
        Digests.SHA384.of(
            new ByteWriter()
                .bytes(digest)
                .bytes(contents)
                .u16le(LENGTH)
                .u8(type)
                // IMI_PAGE, then the permissions of VMPL 3 to 1 and a reserved byte.
                .u8(0)
                .u32le(0)
                .u64le(address)
                .toBytes());
  }
}
