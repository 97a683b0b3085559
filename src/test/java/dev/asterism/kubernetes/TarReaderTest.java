package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.TarEntries.Entry;
import dev.asterism.testing.Tars;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TarReaderTest {
  @Test
  void readsFilesAndSkipsFolders() throws Exception {
    Bytes tar =
        new Tars()
            .entry("bin/", '5', "")
            .entry("bin/bridge", '0', "bridge")
            .entry("old", '\0', "x".repeat(512))
            .entry("empty", '0', "")
            .gzipped();
    assertEquals(
        List.of(
            new Entry("bin/bridge", Bytes.ofUtf8("bridge")),
            new Entry("old", Bytes.ofUtf8("x".repeat(512))),
            new Entry("empty", Bytes.EMPTY)),
        TarEntries.read(tar));
  }

  @Test
  void refusesLinksAndDevicesAndNameExtensions() {
    for (char type : "1234678xgLK".toCharArray()) {
      Bytes tar = new Tars().entry("a", type, "").gzipped();
      assertMalformed("other than plain files", tar);
    }
  }

  @Test
  void refusesAWrongChecksum() {
    assertMalformed("checksum", new Tars().entry("a", '0', "a").flip(0).gzipped());
  }

  @Test
  void refusesABadSize() {
    assertMalformed("bad number", new Tars().size("a", "99999999999").gzipped());
    assertMalformed("bad number", new Tars().size("a", "77777777777").gzipped());
    assertMalformed("bad number", new Tars().size("a", "-1").gzipped());
  }

  @Test
  void refusesAnEndInsideAFile() {
    assertMalformed("inside a file", new Tars().size("a", "3000").gzipped());
  }

  @Test
  void refusesATarWithoutItsEndMark() {
    assertMalformed("end mark", new Tars().entry("a", '0', "a").gzippedWithoutEnd());
  }

  @Test
  void refusesWhatIsNotGzip() {
    assertMalformed("not gzipped", Bytes.ofUtf8("hello"));
    assertMalformed("not gzipped", Bytes.EMPTY);
    Bytes whole = new Tars().entry("a", '0', "a").gzipped();
    assertMalformed("not whole", whole.slice(0, whole.length() - 20));
  }

  private static void assertMalformed(String part, Bytes tar) {
    String message =
        assertThrows(MalformedException.class, () -> TarEntries.read(tar)).getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void readsOrRefusesArchivesChangedAtRandom() {
    byte[] good = new Tars().entry("bin/bridge", '0', "bridge").gzipped().toArray();
    var random = new Random(1);
    for (int i = 0; i < 2000; i++) {
      byte[] changed = good.clone();
      changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      try {
        TarEntries.read(Bytes.of(changed));
      } catch (MalformedException e) {
        // Refused, as it may be.
      }
    }
  }
}
