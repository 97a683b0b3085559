package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.Garbler;
import dev.asterism.testing.MeasuredBootData;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EventLogTest {
  private static final Digests BANK = Digests.SHA256;
  private static final Bytes DATA = Bytes.ofUtf8("data");
  private static final Bytes REAL = MeasuredBootData.GOOD.file("eventlog.bin");

  /** Where the Spec ID event's data begins, and where the next record does (one algorithm). */
  private static final int SPEC_ID = 32;

  private static final int FIRST = 65;

  @Test
  void readsARealLog() throws Exception {
    EventLog log = EventLog.parse(REAL);

    assertEquals(Set.of(BANK), log.banks());
    assertEquals(37, log.events().size());
    EventLog.Event first = log.events().getFirst();
    assertEquals(0, first.register());
    assertEquals(EventType.S_CRTM_VERSION, first.type());
    assertEquals(
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        first.digests().get(BANK).hex());
    assertEquals("0000", first.data().hex());
    EventLog.Event last = log.events().getLast();
    assertEquals(EventType.EFI_ACTION, last.type());
    assertEquals(Bytes.ofUtf8("Exit Boot Services Returned with Success"), last.data());
  }

  @ParameterizedTest
  @EnumSource(MeasuredBootData.class)
  void replaysARealLogToWhatTheTpmHeld(MeasuredBootData boot) throws Exception {
    var replayed = EventLog.parse(boot.file("eventlog.bin")).replay(BANK);
    assertEquals(Set.of(0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12), replayed.keySet());
    for (int pcr : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 9, 12}) {
      assertEquals(boot.pcrs().get(pcr), replayed.get(pcr), "PCR " + pcr);
    }
  }

  @Test
  void refusesEveryPrefixThatEndsInsideARecord() throws Exception {
    Set<Integer> ends = new java.util.TreeSet<>();
    EventLog log = EventLog.parse(REAL);
    int end = FIRST;
    ends.add(end);
    for (EventLog.Event event : log.events()) {
      end += 4 + 4 + 4 + 2 + 32 + 4 + event.data().length();
      ends.add(end);
    }
    assertEquals(REAL.length(), end);
    for (int length = 0; length < REAL.length(); length++) {
      Bytes prefix = REAL.slice(0, length);
      if (!ends.contains(length)) {
        assertThrows(MalformedException.class, () -> EventLog.parse(prefix), "at " + length);
      }
    }
  }

  @Test
  void survivesGarbledLogs() {
    Garbler.assertHarmless(EventLog::parse, REAL);
    Garbler.assertHarmless(EventLog::parseCcel, REAL);
  }

  @Test
  void refusesALogWithoutAHeader() throws Exception {
    assertRefused("eventType", patch(4, "04000000"));
    assertRefused("signature", patch(SPEC_ID, "58"));
    assertRefused("signature", patch(SPEC_ID + 13, "32")); // Spec ID Event02: TPM 1.2
    assertRefused("specVersionMajor", patch(SPEC_ID + 21, "01"));
  }

  @Test
  void refusesAHeaderWhoseAlgorithmsMakeNoSense() throws Exception {
    assertRefused("numberOfAlgorithms", patch(SPEC_ID + 24, "00000000"));
    assertRefused("numberOfAlgorithms", patch(SPEC_ID + 24, "ffffffff"));
    assertRefused("digestSize", patch(SPEC_ID + 30, "1f00"));
    assertRefused("vendorInfo", patch(SPEC_ID + 32, "01"));
    assertRefused("event", patch(28, "ffffffff"));
    Bytes specId = REAL.slice(SPEC_ID, FIRST);
    assertRefused("event", header(Bytes.concat(specId, Bytes.zeros(1))));
  }

  @Test
  void refusesAlgorithmsThatAreListedTwice() {
    Bytes specId =
        new ByteWriter()
            .bytes(EventLogParser.SPEC_ID)
            .u32le(0)
            .u8(0)
            .u8(2)
            .u8(0)
            .u8(2)
            .u32le(2)
            .u16le(0x0b)
            .u16le(32)
            .u16le(0x0b)
            .u16le(32)
            .u8(0)
            .toBytes();
    assertRefused("algorithmId", header(specId));
  }

  @Test
  void readsDigestsOfAlgorithmsThatItDoesNotKnowByTheirListedSize() throws Exception {
    int sm3 = 0x12;
    Bytes specId =
        new ByteWriter()
            .bytes(EventLogParser.SPEC_ID)
            .u32le(0)
            .u8(0)
            .u8(2)
            .u8(0)
            .u8(2)
            .u32le(2)
            .u16le(sm3)
            .u16le(32)
            .u16le(0x0b)
            .u16le(32)
            .u8(3)
            .bytes(Bytes.zeros(3))
            .toBytes();
    Bytes event =
        new ByteWriter()
            .u32le(7)
            .u32le(EventType.SEPARATOR)
            .u32le(2)
            .u16le(sm3)
            .bytes(Bytes.zeros(32))
            .u16le(0x0b)
            .bytes(BANK.of(DATA))
            .u32le(4)
            .bytes(DATA)
            .toBytes();
    EventLog log = EventLog.parse(Bytes.concat(header(specId), event));

    assertEquals(Set.of(BANK), log.banks());
    assertEquals(Map.of(BANK, BANK.of(DATA)), log.events().getFirst().digests());
  }

  @Test
  void refusesRecordsWhoseFieldsMakeNoSense() throws Exception {
    assertRefused("pcrIndex", patch(FIRST, "ffffffff"));
    assertRefused("digests.count", patch(FIRST + 8, "02000000"));
    assertRefused("digests.count", patch(FIRST + 8, "ffffffff"));
    assertRefused("digests.count", Bytes.concat(REAL, Bytes.zeros(16)));
    assertRefused("digests.algorithmId", patch(FIRST + 12, "0400"));
    assertRefused("event", patch(FIRST + 46, "ffffff7f"));
    assertRefused("event", patch(FIRST + 46, "ffffffff"));
  }

  /** Windows' trust point is of register -1. */
  @Test
  void whatIsNotExtendedMayBeOfNoRegister() throws Exception {
    var log = new EventLogWriter(EnumSet.of(BANK)).separator(4);
    var trustPoint = new EventLog.Event(0xffffffffL, EventType.NO_ACTION, Map.of(), DATA);
    EventLog read = EventLog.parse(log.add(trustPoint).toBytes());
    assertEquals(trustPoint, read.events().getLast());
    assertEquals(Set.of(4), read.replay(BANK).keySet());
  }

  @Test
  void readsWhatReachesToItsLimits() throws Exception {
    EventLog log = EventLog.parse(patch(FIRST, "ff030000"));
    assertEquals(1023, log.events().getFirst().register());
    assertRefused("pcrIndex", patch(FIRST, "00040000"));
    assertEquals(Set.of(BANK), EventLog.parse(algorithms(16, 1)).banks());
    assertEquals(Set.of(BANK), EventLog.parse(algorithms(16, 64)).banks());
    assertRefused("numberOfAlgorithms", algorithms(17, 32));
    assertRefused("digestSize", algorithms(2, 0));
    assertRefused("digestSize", algorithms(2, 65));
  }

  /** SHA-256 and some that nobody knows, of that size. */
  private static Bytes algorithms(int count, int size) {
    var specId =
        new ByteWriter()
            .bytes(EventLogParser.SPEC_ID)
            .u32le(0)
            .u8(0)
            .u8(2)
            .u8(0)
            .u8(2)
            .u32le(count)
            .u16le(0x0b)
            .u16le(32);
    for (int i = 1; i < count; i++) {
      specId.u16le(0x100 + i).u16le(size);
    }
    return header(specId.u8(0).toBytes());
  }

  @Test
  void refusesTwoDigestsOfOneAlgorithm() {
    var writer = new EventLogWriter(EnumSet.of(BANK, Digests.SHA384));
    Bytes event =
        new ByteWriter()
            .u32le(7)
            .u32le(EventType.SEPARATOR)
            .u32le(2)
            .u16le(0x0b)
            .bytes(Bytes.zeros(32))
            .u16le(0x0b)
            .bytes(Bytes.zeros(32))
            .u32le(0)
            .toBytes();
    assertRefused("digests.algorithmId", Bytes.concat(writer.toBytes(), event));
  }

  @Test
  void allowsPaddingBehindACcelOnly() throws Exception {
    Bytes log = new EventLogWriter(EnumSet.of(Digests.SHA384)).separator(1).toBytes();
    for (int padding = 0; padding < 9; padding++) {
      Bytes padded = Bytes.concat(log, ones(padding));
      assertEquals(1, EventLog.parseCcel(padded).events().size(), "padding " + padding);
      Bytes zeros = Bytes.concat(log, Bytes.zeros(4 * padding + 1));
      assertEquals(1, EventLog.parseCcel(zeros).events().size(), "zeros " + padding);
      assertThrows(MalformedException.class, () -> EventLog.parse(zeros));
      if (padding > 0) {
        assertThrows(MalformedException.class, () -> EventLog.parse(padded));
      }
    }
    for (String other : new String[] {"0001", "ffff00", "ffffffff00", "ffffffffff00ff", "0000ff"}) {
      Bytes padded = Bytes.concat(log, Bytes.ofHex("padding", other));
      assertThrows(MalformedException.class, () -> EventLog.parseCcel(padded), other);
    }
    for (int length : new int[] {1, 4, 16}) {
      Bytes others = Bytes.concat(log, Bytes.ofHex("padding", "41".repeat(length)));
      assertThrows(MalformedException.class, () -> EventLog.parseCcel(others));
      assertThrows(MalformedException.class, () -> EventLog.parseCcel(ones(length)));
      assertThrows(MalformedException.class, () -> EventLog.parseCcel(Bytes.zeros(length)));
    }
    assertThrows(MalformedException.class, () -> EventLog.parseCcel(Bytes.EMPTY));
    Bytes cut = Bytes.concat(log, Bytes.ofHex("register", "01000000"));
    var e = assertThrows(MalformedException.class, () -> EventLog.parseCcel(cut));
    assertEquals("eventType", e.field());
  }

  /** EV_PREBOOT_CERT: only an event without digests, too, is nothing but zeros. */
  @Test
  void readsEventsOfTypeZero() throws Exception {
    EventLog read =
        EventLog.parse(new EventLogWriter(EnumSet.of(BANK)).event(4, 0, DATA).toBytes());
    assertEquals(0, read.events().getLast().type());
    assertEquals(Set.of(4), read.replay(BANK).keySet());
  }

  @Test
  void replaysNothingThatWasNotExtended() {
    var log = new EventLogWriter(EnumSet.of(BANK));
    log.add(new EventLog.Event(3, EventType.NO_ACTION, Map.of(BANK, Bytes.zeros(32)), DATA));
    assertEquals(Map.of(), log.log().replay(BANK));
  }

  @Test
  void startsPcr0WithTheLocalityOfTheStartup() throws Exception {
    var log = new EventLogWriter(EnumSet.of(BANK)).startupLocality(3).event(0, 8, DATA);
    Bytes start = Bytes.ofHex("start", "00".repeat(31) + "03");

    assertEquals(BANK.of(start, BANK.of(DATA)), log.log().replay(BANK).get(0));
    assertEquals(log.log(), EventLog.parse(log.toBytes()));
  }

  @Test
  void believesNoLocalityThatComesLateOrElsewhereOrInAnotherForm() {
    Bytes plain = BANK.of(Bytes.zeros(32), BANK.of(DATA));
    var late = new EventLogWriter(EnumSet.of(BANK)).event(0, 8, DATA).startupLocality(3);
    assertEquals(plain, late.log().replay(BANK).get(0));

    for (String words :
        new String[] {"StartupLocality\0", "StartupLocality\0\3\0", "StartupLocality \3"}) {
      var odd = new EventLogWriter(EnumSet.of(BANK));
      odd.add(new EventLog.Event(0, EventType.NO_ACTION, Map.of(), Bytes.ofUtf8(words)));
      assertEquals(plain, odd.event(0, 8, DATA).log().replay(BANK).get(0), words);
    }
    var elsewhere = new EventLogWriter(EnumSet.of(BANK));
    elsewhere.add(
        new EventLog.Event(1, EventType.NO_ACTION, Map.of(), Bytes.ofUtf8("StartupLocality\0\3")));
    assertFalse(elsewhere.log().replay(BANK).containsKey(0));
  }

  @Test
  void replaysEachBankByItsOwnDigests() {
    var log = new EventLogWriter(EnumSet.of(BANK, Digests.SHA384)).event(4, 4, DATA).log();
    for (Digests bank : log.banks()) {
      assertEquals(bank.of(Bytes.zeros(bank.length()), bank.of(DATA)), log.replay(bank).get(4));
    }
    assertThrows(IllegalArgumentException.class, () -> log.replay(Digests.SHA1));
  }

  @Test
  void extendsNoBankForWhichAnEventHasNoDigest() {
    var log = new EventLogWriter(EnumSet.of(BANK, Digests.SHA384));
    Map<Digests, Bytes> digests = Map.of(Digests.SHA384, Digests.SHA384.of(DATA));
    log.add(new EventLog.Event(4, EventType.IPL, digests, DATA));
    assertEquals(Map.of(), log.log().replay(BANK));
    assertEquals(Set.of(4), log.log().replay(Digests.SHA384).keySet());
  }

  @Test
  void mayHaveNoBank() {
    assertEquals(Set.of(), new EventLog(Set.of(), List.of()).banks());
  }

  @Test
  void anEventMeasuresWhatItsDigestsSayInEveryBank() {
    Map<Digests, Bytes> digests = Map.of(BANK, BANK.of(DATA), Digests.SHA1, Digests.SHA1.of(DATA));
    assertTrue(new EventLog.Event(4, EventType.IPL, digests, DATA).measures(Known.of(DATA)));
    digests = Map.of(BANK, BANK.of(DATA), Digests.SHA1, Bytes.zeros(20));
    assertFalse(new EventLog.Event(4, EventType.IPL, digests, DATA).measures(Known.of(DATA)));
    assertFalse(new EventLog.Event(4, EventType.IPL, Map.of(), DATA).measures(Known.of(DATA)));
  }

  private static void assertRefused(String field, Bytes log) {
    var e = assertThrows(MalformedException.class, () -> EventLog.parse(log));
    assertEquals(field, e.field());
  }

  private static Bytes header(Bytes specId) {
    return new ByteWriter()
        .u32le(0)
        .u32le(EventType.NO_ACTION)
        .bytes(Bytes.zeros(20))
        .u32le(specId.length())
        .bytes(specId)
        .toBytes();
  }

  private static Bytes ones(int length) throws MalformedException {
    return Bytes.ofHex("ones", "ff".repeat(length));
  }

  private static Bytes patch(int offset, String hex) throws MalformedException {
    Bytes patch = Bytes.ofHex("patch", hex);
    return Bytes.concat(
        REAL.slice(0, offset), patch, REAL.slice(offset + patch.length(), REAL.length()));
  }
}
