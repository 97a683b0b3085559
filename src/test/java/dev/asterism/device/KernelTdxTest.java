package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel's files, as far as a folder can stand for them. */
class KernelTdxTest {
  private static final Bytes VALUE = Bytes.ofUtf8("v".repeat(48));

  @TempDir private Path folder;

  private KernelTdx td;

  @BeforeEach
  void mount() throws IOException {
    Files.write(folder.resolve("rtmr2:sha384"), VALUE.toArray());
    td =
        new KernelTdx(
            new ConfigfsTsm(folder.resolve("no-configfs")),
            folder,
            folder.resolve("no-device").toString());
  }

  @Test
  void aRegisterIsReadAndExtendedBySysfs() throws IOException {
    assertEquals(VALUE, td.rtmr(2));

    Bytes digest = Bytes.ofUtf8("d".repeat(48));
    td.extend(2, digest);

    assertEquals(digest, Bytes.of(Files.readAllBytes(folder.resolve("rtmr2:sha384"))));
  }

  @Test
  void anotherLengthIsNoDigest() {
    assertThrows(IllegalArgumentException.class, () -> td.extend(2, Bytes.zeros(32)));
  }

  @Test
  void aRegisterOfAnotherLengthIsRefused() throws IOException {
    Files.write(folder.resolve("rtmr2:sha384"), new byte[47]);

    assertThrows(IOException.class, () -> td.rtmr(2));
  }

  @Test
  void withoutSysfsTheDeviceIsAskedAndNamed() {
    var read = assertThrows(IOException.class, () -> td.rtmr(1));
    assertTrue(read.getMessage().contains("no-device"), read::getMessage);
    var extend = assertThrows(IOException.class, () -> td.extend(1, VALUE));
    assertTrue(extend.getMessage().contains("no-device"), extend::getMessage);
  }

  @Test
  void withoutConfigfsTheErrorSaysWhatToDo() {
    var e = assertThrows(IOException.class, () -> td.quote(Bytes.zeros(64)));
    assertTrue(e.getMessage().contains("configfs"), e::getMessage);
  }
}
