package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** OVMF in which one thing is not as it must be. */
class FirmwareTest {
  private static final int PAGE = 4096;
  private static final String HASH_TABLE = "7255371f-3a3b-4b04-927b-1da6efa8d454";
  private static final String RESET = "00f771de-1a7e-4fcb-890e-68c77e2fb44e";
  private static final String METADATA = "dc886566-984a-4798-a75e-5585a7bf67cc";
  private static final String FOOTER = "96b582de-1fb2-45f7-baea-a366c55a082d";

  private String magic = "ASEV";
  private long count = 1;
  private long length = PAGE;
  private long kind = 1;
  private long offset = 0x800;
  private boolean hashes = true;
  private long hashTable = 0x810C00;

  /** Before all others in the table, which is read from its end. */
  private Bytes first = Bytes.EMPTY;

  private String reset = RESET;
  private String footer = FOOTER;
  private int entry = 4;
  private int more;

  private Bytes make() {
    var sections = new ByteWriter().bytes(Bytes.ofUtf8(magic)).u32le(28).u32le(1).u32le(count);
    for (int i = 0; i < Math.min(count, 70); i++) {
      sections.u32le(0x800000).u32le(length).u32le(kind);
    }
    Bytes entries =
        Bytes.concat(
            first,
            hashes ? entry(HASH_TABLE, hashTable) : Bytes.EMPTY,
            entry(reset, 0x80b004),
            new ByteWriter()
                .u32le(offset)
                .u16le(entry + 18)
                .bytes(Firmware.guid(METADATA))
                .toBytes());
    Bytes table =
        Bytes.concat(
            entries,
            new ByteWriter()
                .u16le(entries.length() + 18 + more)
                .bytes(Firmware.guid(footer))
                .toBytes());
    Bytes body = Bytes.concat(Bytes.zeros(2 * PAGE - 0x800), sections.toBytes());
    int rest = 2 * PAGE - 32 - table.length() - body.length();
    return Bytes.concat(body, Bytes.zeros(rest), table, Bytes.zeros(32));
  }

  private static Bytes entry(String guid, long value) {
    return new ByteWriter().u32le(value).u16le(22).bytes(Firmware.guid(guid)).toBytes();
  }

  private void refused(String reason) {
    refused(reason, make());
  }

  private static void refused(String reason, Bytes image) {
    var e = assertThrows(MalformedException.class, () -> Firmware.parse(image));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @Test
  void aWholeImageIsRead() throws Exception {
    Firmware read = Firmware.parse(make());
    assertEquals(0x80b004, read.resetAddress());
    assertEquals(Optional.of(0x810C00L), read.hashTable());
    assertEquals(0x1_0000_0000L - 2 * PAGE, read.address());
    assertEquals(PAGE, read.sections().getFirst().length());
    hashes = false;
    assertEquals(Optional.empty(), Firmware.parse(make()).hashTable());
  }

  @Test
  void anImageIsOfWholePages() {
    refused("no image of whole pages", Bytes.EMPTY);
    refused("no image of whole pages", make().slice(1, 2 * PAGE));
    refused("no image of whole pages", Bytes.zeros(64 * 1024 * 1024 + PAGE));
    refused("has no table of GUIDs", Bytes.zeros(64 * 1024 * 1024));
    refused("has no table of GUIDs", Bytes.zeros(PAGE));
  }

  @Test
  void theTableIsWithinTheImageAndItsEntriesWithinTheTable() throws Exception {
    footer = RESET;
    refused("has no table of GUIDs");
    footer = FOOTER;
    more = 2 * PAGE;
    refused("longer than the image");
    more = -1000;
    refused("longer than the image");
    // As long as there is room, and empty.
    int entries = 3 * 22;
    more = 2 * PAGE - 32 - 18 - entries;
    refused("impossible length");
    more++;
    refused("longer than the image");
    more = -entries;
    refused("not built for SEV-SNP");
    more--;
    refused("longer than the image");
    more = 0;
    entry = -1;
    refused("impossible length");
    entry = 1000;
    refused("impossible length");
    entry = 4;
    reset = "00000000-0000-0000-0000-000000000000";
    refused("not built for SEV-SNP");
  }

  @Test
  void anEntryMayBeEmpty() throws Exception {
    first = empty("00000000-0000-0000-0000-000000000001");
    assertEquals(Optional.of(0x810C00L), Firmware.parse(make()).hashTable());
    hashes = false;
    first = empty(HASH_TABLE);
    refused("needs 4 bytes, has 0");
  }

  private static Bytes empty(String guid) {
    return new ByteWriter().u16le(18).bytes(Firmware.guid(guid)).toBytes();
  }

  @ParameterizedTest
  @CsvSource({
    "15, is outside the image",
    "0, is outside the image",
    "8193, is outside the image",
    "16, does not begin with ASEV",
    "8192, does not begin with ASEV"
  })
  void theMetadataIsWithinTheImage(long from, String reason) {
    offset = from;
    refused(reason);
  }

  @Test
  void sectionsAreFewKnownAndNotTooLong() throws Exception {
    magic = "BSEV";
    refused("does not begin with ASEV");
    magic = "ASEV";
    kind = 5;
    refused("a section of unknown kind");
    kind = 0x10;
    length = 64 * 1024 * 1024;
    assertEquals(Firmware.Kind.HASHES, Firmware.parse(make()).sections().getFirst().kind());
    length++;
    refused("too long");
    length = PAGE;
    count = 64;
    assertEquals(64, Firmware.parse(make()).sections().size());
    count = 65;
    refused("more than 64 sections");
  }

  @Test
  void theHashesOfADirectBootAreWithinOnePage() throws Exception {
    kind = 0x10;
    var boot = new LaunchDigest.DirectBoot(Bytes.EMPTY, Bytes.EMPTY, "");
    var one = new LaunchDigest.Processors(1, 0);
    hashTable = 0x811000 - 168;
    assertEquals(48, LaunchDigest.of(make(), boot, one).length());
    hashTable++;
    var e = assertThrows(MalformedException.class, () -> LaunchDigest.of(make(), boot, one));
    assertTrue(e.getMessage().contains("across two pages"), e.getMessage());
  }

  @Test
  void aDirectBootNeedsAPlaceForItsHashes() throws Exception {
    hashes = false;
    var boot = new LaunchDigest.DirectBoot(Bytes.EMPTY, Bytes.EMPTY, "");
    var one = new LaunchDigest.Processors(1, 0);
    assertEquals(48, LaunchDigest.of(make(), null, one).length());
    var e = assertThrows(MalformedException.class, () -> LaunchDigest.of(make(), boot, one));
    assertTrue(String.valueOf(e.getMessage()).contains("it would not be measured"));
    for (int processors : new int[] {0, 513}) {
      assertThrows(
          IllegalArgumentException.class, () -> new LaunchDigest.Processors(processors, 0));
    }
    assertEquals(512, new LaunchDigest.Processors(512, 0).count());
  }
}
