package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.testing.Tools;
import dev.asterism.wire.Bytes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogWriterTest {
  private static final Bytes DATA = Bytes.ofUtf8("data");

  private final EventLogWriter writer =
      new EventLogWriter(EnumSet.of(Digests.SHA1, Digests.SHA256, Digests.SHA384))
          .event(0, EventType.S_CRTM_VERSION, DATA)
          .action(4, "Calling EFI Application from Boot Option")
          .separators()
          .measured(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA, Bytes.zeros(32))
          .event(9, EventType.EVENT_TAG, DATA)
          .event(11, EventType.IPL, DATA);

  @Test
  void whatItWritesIsReadBack() throws Exception {
    EventLog read = EventLog.parse(writer.toBytes());

    assertEquals(writer.log(), read);
    assertEquals(Digests.SHA256.of(DATA), read.events().getFirst().digests().get(Digests.SHA256));
  }

  @Test
  void separatesTheFirstEightRegisters() {
    var separated = new EventLogWriter(EnumSet.of(Digests.SHA256)).separators().log();
    assertEquals(
        List.of(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L),
        separated.events().stream().map(EventLog.Event::register).toList());
  }

  @Test
  void whatIsNotExtendedHasADigestOfZeros() {
    var started = new EventLogWriter(EnumSet.of(Digests.SHA256)).startupLocality(3).log();
    assertEquals(Map.of(Digests.SHA256, Bytes.zeros(32)), started.events().getFirst().digests());
  }

  @Test
  void writesARealLogByteForByte() throws Exception {
    Bytes real = MeasuredBootData.GOOD.file("eventlog.bin");
    var again = new EventLogWriter(EnumSet.of(Digests.SHA256));
    EventLog.parse(real).events().forEach(again::add);

    assertEquals(real, again.toBytes());
  }

  @Test
  void anotherReaderComesToTheSameValues(@TempDir Path directory) throws Exception {
    assumeTrue(Tools.isInstalled("tpm2_eventlog"), "tpm2-tools are not installed");
    Path file = directory.resolve("log");
    Files.write(file, writer.toBytes().toArray());
    Tools.Outcome outcome = Tools.run("tpm2_eventlog", file.toString());

    assertEquals(0, outcome.exitCode(), outcome.output());
    for (Digests bank : writer.log().banks()) {
      writer
          .log()
          .replay(bank)
          .values()
          .forEach(value -> assertTrue(outcome.output().contains("0x" + value.hex())));
    }
  }
}
