package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a TD's report to a quote, as a host's quoting service makes it. */
class SoftwareTdxTest {
  private static final Bytes REPORT_DATA = Bytes.concat(Bytes.ofUtf8("data"), Bytes.zeros(60));
  private static final Bytes MRTD = Bytes.concat(Bytes.ofUtf8("firmware"), Bytes.zeros(40));

  @TempDir Path folder;
  private SoftwareTdx td;

  @BeforeEach
  void create() throws Exception {
    td = create("td");
  }

  private SoftwareTdx create(String name) throws Exception {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    SoftwareTdxVendor vendor = SoftwareTdxVendor.create(now, now.plusSeconds(9));
    return SoftwareTdx.create(folder.resolve(name), vendor, MRTD, Bytes.zeros(16));
  }

  @Test
  void aQuoteSaysWhatTheReportSays() throws Exception {
    td.extend(2, Bytes.zeros(48));
    Bytes report = td.report(REPORT_DATA);
    assertEquals(1024, report.length());
    // After the header of 48 bytes: MRTD at 136, RTMR 0 at 328, REPORTDATA at 520.
    Bytes body = td.quoteOf(report).slice(48, 48 + 584);
    assertEquals(MRTD, body.slice(136, 184));
    assertEquals(td.rtmr(2), body.slice(424, 472));
    assertEquals(REPORT_DATA, body.slice(520, 584));
  }

  @Test
  void aReportThatSomebodyChangedIsNotQuoted() throws Exception {
    Bytes report = td.report(REPORT_DATA);
    for (int at : new int[] {0, 128, 224, 256, 528, 1023}) {
      byte[] changed = report.toArray();
      changed[at] ^= 1;
      assertThrows(MalformedException.class, () -> td.quoteOf(Bytes.of(changed)));
    }
    assertThrows(MalformedException.class, () -> td.quoteOf(report.slice(0, 1023)));
    assertThrows(MalformedException.class, () -> td.quoteOf(Bytes.concat(report, MRTD)));
  }

  @Test
  void aReportOfAnotherPlatformIsNotQuoted() throws Exception {
    Bytes report = create("other").report(REPORT_DATA);
    assertThrows(MalformedException.class, () -> td.quoteOf(report));
  }
}
