package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnpDevicesTest {
  private static final Bytes DATA = ForgedSnp.filled(64, 0x5A);

  @TempDir Path folder;

  /** The kernel's side: a write makes a new report when it is read. */
  private static final class FakeKernel implements TsmFiles {
    final Map<String, Bytes> written = new HashMap<>();
    int generation;
    int entries;
    String provider = "sev_guest\n";

    /** How often another program writes between our write and our read. */
    int intrusions;

    @Override
    public void create(String entry) {
      entries++;
    }

    @Override
    public void write(String entry, String attribute, Bytes value) {
      generation++;
      written.put(attribute, value);
    }

    @Override
    public Bytes read(String entry, String attribute) {
      return switch (attribute) {
        case "provider" -> Bytes.ofUtf8(provider);
        case "generation" -> Bytes.ofUtf8(generation + "\n");
        case "auxblob" -> Bytes.ofUtf8("table");
        default -> {
          if (intrusions-- > 0) {
            write(entry, "inblob", ForgedSnp.filled(64, 0));
          }
          yield new SoftwareReport().set(SoftwareReport.REPORT_DATA, written.get("inblob")).raw();
        }
      };
    }

    @Override
    public void remove(String entry) {
      entries--;
    }

    @Override
    public String description() {
      return "fake";
    }
  }

  @Test
  void aReportIsAskedForThroughAnEntryOfItsOwn() throws Exception {
    var kernel = new FakeKernel();
    SnpGuest.Evidence evidence = new SnpTsm(kernel, 2).report(DATA);

    assertEquals(DATA, evidence.report().slice(0x50, 0x90));
    assertEquals(Bytes.ofUtf8("table"), evidence.certificates());
    assertEquals(Bytes.ofUtf8("2"), kernel.written.get("privlevel"));
    assertEquals(0, kernel.entries);
  }

  @Test
  void whereAnotherProgramWroteItIsAskedForAgain() throws Exception {
    var kernel = new FakeKernel();
    kernel.intrusions = 3;
    assertEquals(DATA, new SnpTsm(kernel, null).report(DATA).report().slice(0x50, 0x90));

    kernel.intrusions = 1000;
    assertThrows(IOException.class, () -> new SnpTsm(kernel, null).report(DATA));
    assertEquals(0, kernel.entries);
  }

  @Test
  void evidenceOfAnotherKindIsNone() {
    var kernel = new FakeKernel();
    kernel.provider = "tdx_guest\n";
    assertThrows(IOException.class, () -> new SnpTsm(kernel, null).report(DATA));
    assertEquals(0, kernel.entries);
  }

  @Test
  void attributesAreFiles() throws Exception {
    var files = new TsmFiles.In(folder);
    files.create("entry");
    Files.writeString(folder.resolve("entry/inblob"), "");
    files.write("entry", "inblob", DATA);
    assertEquals(DATA, files.read("entry", "inblob"));
    assertEquals(Bytes.EMPTY, files.read("entry", "auxblob"));
    assertThrows(IOException.class, () -> files.write("entry", "none", DATA));
    assertThrows(IOException.class, () -> files.create("entry"));
  }

  @Test
  void theDriversAnswerIsTakenApart() throws Exception {
    Bytes report = ForgedSnp.filled(0x4A0, 3);
    Bytes answer =
        new ByteWriter()
            .u32le(0)
            .u32le(report.length())
            .bytes(Bytes.zeros(24))
            .bytes(report)
            .bytes(Bytes.zeros(100))
            .toBytes();
    assertEquals(report, SevGuest.answer(answer, Bytes.zeros(64)).report());
    assertEquals(Bytes.EMPTY, SevGuest.answer(answer, Bytes.zeros(64)).certificates());
    Bytes table = ForgedSnp.filled(64, 1);
    assertEquals(table, SevGuest.answer(answer, table).certificates());

    Bytes failed = Bytes.concat(ForgedSnp.hex("16000000"), answer.slice(4, answer.length()));
    assertThrows(IOException.class, () -> SevGuest.answer(failed, table));
    Bytes tooLong = Bytes.concat(ForgedSnp.hex("00000000ffffff7f"), Bytes.zeros(100));
    assertThrows(IOException.class, () -> SevGuest.answer(tooLong, table));
  }

  @Test
  void aMachineWithoutTheDeviceSaysSo() {
    var guest = new SevGuest("/dev/no-sev-guest", 0);
    IOException failure = assertThrows(IOException.class, () -> guest.report(DATA));
    assertTrue(failure.getMessage().contains("/dev/no-sev-guest"), failure::getMessage);
  }

  @Test
  void aSoftwareGuestIsKeptInAFileForItsOwnerAlone() throws Exception {
    SoftwareSnp guest =
        SoftwareSnp.launch(
            ForgedSnp.maker(SoftwareLine.TURIN),
            ForgedSnp.MEASUREMENT,
            SoftwareLine.TURIN.tcb(),
            Bytes.EMPTY,
            new SecureRandom());
    Path file = folder.resolve("snp.json");
    guest.write(file);

    assertEquals("rw-------", permissions(file));
    SnpGuest read = SnpGuests.open("software:" + file, null);
    assertEquals(
        guest.report(DATA).report().slice(0, 0x2A0), read.report(DATA).report().slice(0, 0x2A0));
    assertTrue(!guest.toString().contains("Key") && !guest.toString().contains("fields"));
    assertThrows(MalformedException.class, () -> SnpGuests.open("hardware:1", null));
  }

  private static String permissions(Path file) throws IOException {
    return java.nio.file.attribute.PosixFilePermissions.toString(
        Files.getPosixFilePermissions(file));
  }
}
