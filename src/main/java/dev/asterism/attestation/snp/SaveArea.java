package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;

/**
 * The first state of a virtual processor, as QEMU and KVM make it (AMD 24593, table B-4: the VM
 * save area of an SEV-ES guest).
 */
final class SaveArea {
  private static final int CODE = 0x9b;
  private static final int DATA = 0x93;
  private static final int LOCAL_TABLE = 0x82;
  private static final int BUSY_TASK = 0x8b;
  private static final long SNP_ACTIVE = 1;

  private final byte[] page = new byte[PageInfo.PAGE];

  private SaveArea() {}

  /**
   * One page.
   *
   * @param start where the processor begins: the reset vector, or where firmware starts the others
   * @param signature family, model and stepping as CPUID function 1 gives them in EAX
   * @param features SEV_FEATURES
   */
  static Bytes of(long start, long signature, long features) {
    SaveArea area = new SaveArea();
    area.segment(0x00, 0, DATA, 0xffff, 0);
    area.segment(0x10, 0xf000, CODE, 0xffff, start & 0xffff_0000L);
    for (int at = 0x20; at <= 0x50; at += 0x10) {
      area.segment(at, 0, DATA, 0xffff, 0);
    }
    area.segment(0x60, 0, 0, 0xffff, 0);
    area.segment(0x70, 0, LOCAL_TABLE, 0xffff, 0);
    area.segment(0x80, 0, 0, 0xffff, 0);
    area.segment(0x90, 0, BUSY_TASK, 0xffff, 0);
    area.set(0xd0, 0x1000); // EFER.SVME
    area.set(0x148, 0x40); // CR4.MCE
    area.set(0x158, 0x10); // CR0.ET
    area.set(0x160, 0x400); // DR7
    area.set(0x168, 0xffff_0ff0L); // DR6
    area.set(0x170, 0x2); // RFLAGS
    area.set(0x178, start & 0xffffL); // RIP
    area.set(0x268, 0x0007_0406_0007_0406L); // G_PAT
    area.set(0x310, signature); // RDX
    area.set(0x3b0, features);
    area.set(0x3e8, 0x1); // XCR0
    area.set(0x408, 0x1f80); // MXCSR
    area.set(0x410, 0x37f); // x87 FCW
    return Bytes.of(area.page);
  }

  static long features() {
    return SNP_ACTIVE;
  }

  private void segment(int at, int selector, int attributes, long limit, long base) {
    set(at, selector | (long) attributes << 16 | limit << 32);
    set(at + 8, base);
  }

  private void set(int at, long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      page[at + i] = (byte) (value >>> (Byte.SIZE * i));
    }
  }
}
