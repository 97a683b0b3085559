package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.snp.LaunchDigest.DirectBoot;
import dev.asterism.attestation.snp.LaunchDigest.Processors;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Against values that an independent tool (sev-snp-measure 0.0.13) computed for the same firmware,
 * which is made here.
 */
class LaunchDigestTest {
  private static final int SIZE = 16 * 1024;
  private static final int METADATA = 0x800;
  private static final long MILAN = LaunchDigest.signature(25, 1, 1);
  private static final Bytes KERNEL = Bytes.ofUtf8("kernel image".repeat(100));
  private static final Bytes INITRD = Bytes.ofUtf8("initrd".repeat(50));

  /** A firmware with a section of each kind. */
  static Bytes firmware() {
    byte[] image = new byte[SIZE];
    for (int i = 0; i < SIZE; i++) {
      image[i] = (byte) (i * 7 + 3);
    }
    put(image, SIZE - METADATA, metadata());
    Bytes entries =
        Bytes.concat(
            entry(
                "7255371f-3a3b-4b04-927b-1da6efa8d454",
                new ByteWriter().u32le(0x810C00).u32le(0x400).toBytes()),
            entry(
                "00f771de-1a7e-4fcb-890e-68c77e2fb44e", new ByteWriter().u32le(0x80b004).toBytes()),
            entry(
                "dc886566-984a-4798-a75e-5585a7bf67cc",
                new ByteWriter().u32le(METADATA).toBytes()));
    Bytes table =
        Bytes.concat(
            entries,
            new ByteWriter()
                .u16le(entries.length() + 18)
                .bytes(Firmware.guid("96b582de-1fb2-45f7-baea-a366c55a082d"))
                .toBytes());
    put(image, SIZE - 32 - table.length(), table);
    return Bytes.of(image);
  }

  private static void put(byte[] image, int at, Bytes value) {
    System.arraycopy(value.toArray(), 0, image, at, value.length());
  }

  private static Bytes entry(String guid, Bytes content) {
    return Bytes.concat(
        content,
        new ByteWriter().u16le(content.length() + 18).bytes(Firmware.guid(guid)).toBytes());
  }

  private static Bytes metadata() {
    int[][] sections = {
      {0x800000, 0x9000, 1},
      {0x80A000, 0x3000, 1},
      {0x80D000, 0x1000, 2},
      {0x80E000, 0x1000, 3},
      {0x80F000, 0x1000, 4},
      {0x810000, 0x1000, 0x10},
      {0x811000, 0xF000, 1}
    };
    var out =
        new ByteWriter()
            .bytes(Bytes.ofUtf8("ASEV"))
            .u32le(16 + 12 * sections.length)
            .u32le(1)
            .u32le(sections.length);
    for (int[] section : sections) {
      out.u32le(section[0]).u32le(section[1]).u32le(section[2]);
    }
    return out.toBytes();
  }

  @Test
  void theFirmwareAloneIsMeasured() throws Exception {
    assertEquals(
        "d0054763f408f586346d7086135f41e3d633a027cbcb85237b1392a2f6d439cb9a901e2158ba2b2f8614eccc23d1434d",
        LaunchDigest.of(firmware(), null, new Processors(1, LaunchDigest.signature(23, 1, 2)))
            .hex());
  }

  @Test
  void aDirectBootIsMeasured() throws Exception {
    assertEquals(
        "38d438bd9091f1e5f02551b0fe2d8ca6f813e1f64f867a2203471a39a5f3bb3ac26ba67bd0cb3291b3f2f70127d49d20",
        LaunchDigest.of(
                firmware(),
                new DirectBoot(KERNEL, INITRD, "console=ttyS0"),
                new Processors(4, MILAN))
            .hex());
    assertEquals(
        "98a355dd8ff4971438eace6bc883383c0052ba31b8beb071714b2dc2ddd089af3f3966a73ac217f0a2f3328ec8187e68",
        LaunchDigest.of(
                firmware(),
                new DirectBoot(KERNEL, Bytes.EMPTY, ""),
                new Processors(2, LaunchDigest.signature(25, 17, 0)))
            .hex());
  }

  @Test
  void whatIsNoSuchFirmwareIsRefused() {
    Bytes good = firmware();
    for (Bytes bad :
        new Bytes[] {
          Bytes.EMPTY,
          Bytes.zeros(SIZE),
          good.slice(0, SIZE - 1),
          good.slice(0, SIZE / 2),
          Bytes.concat(good, Bytes.zeros(4096))
        }) {
      assertThrows(MalformedException.class, () -> Firmware.parse(bad));
    }
  }

  @Test
  void damagedTablesAreRefusedOrRead() {
    Random random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] image = firmware().toArray();
      int at = SIZE - 1 - random.nextInt(i % 2 == 0 ? 160 : METADATA);
      image[at] = (byte) random.nextInt();
      try {
        Firmware.parse(Bytes.of(image));
      } catch (MalformedException e) {
        // As it may be.
      }
    }
  }
}
