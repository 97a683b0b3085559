package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogReplayTest {
  private static final Digests BANK = Digests.SHA256;

  private final EventLog log =
      new EventLogWriter(EnumSet.of(BANK))
          .event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, Bytes.ofUtf8("kernel"))
          .event(5, EventType.EFI_GPT_EVENT, Bytes.ofUtf8("table"))
          .event(11, EventType.IPL, Bytes.ofUtf8(".linux"))
          .log();
  private final Map<Integer, Bytes> pcrs = new TreeMap<>(log.replay(BANK));

  @Test
  void explainsPcrsThatComeOutExactlyAndNamesNoOthers() {
    pcrs.put(15, Digests.SHA256.of(Bytes.ofUtf8("cluster")));
    List<LogReplay.Finding> findings = LogReplay.compare(log, BANK, pcrs);
    assertEquals(List.of(4, 5, 11), findings.stream().map(LogReplay.Finding::pcr).toList());
    assertTrue(findings.stream().allMatch(LogReplay.Finding::holds));
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 15})
  void leavesAloneWhatUserlandExtends(int pcr) {
    EventLog more =
        new EventLogWriter(EnumSet.of(BANK)).event(pcr, EventType.IPL, Bytes.ofUtf8("ima")).log();
    var finding = LogReplay.compare(more, BANK, Map.of(pcr, Bytes.zeros(32))).getFirst();
    assertTrue(finding.holds());
    assertEquals("not compared", finding.note());
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 11})
  void doesNotExplainAnotherValue(int pcr) {
    pcrs.put(pcr, Bytes.zeros(32));
    assertFalse(finding(pcr).holds());
  }

  @Test
  void doesNotExplainAPcrWithoutAValue() {
    pcrs.remove(4);
    LogReplay.Finding finding = finding(4);
    assertFalse(finding.holds());
    assertEquals(Bytes.EMPTY, finding.actual());
    assertEquals("the log has events, there is no value", finding.note());
  }

  @Test
  void whatUserlandExtendsMustHaveAValue() {
    EventLog more =
        new EventLogWriter(EnumSet.of(BANK)).event(10, EventType.IPL, Bytes.ofUtf8("ima")).log();
    assertFalse(LogReplay.compare(more, BANK, Map.of()).getFirst().holds());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sysinit,ready",
        "enter-initrd,leave-initrd,sysinit,ready",
        "ready",
        "enter-initrd"
      })
  void acceptsTheBootPhasesBehindTheImageAndNamesThem(String phases) {
    extend(11, phases);
    LogReplay.Finding finding = finding(11);
    assertTrue(finding.holds());
    assertTrue(finding.note().contains(phases.replace(",", ", ")), finding.note());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ready,sysinit", "ready,ready", "root-shell", "sysinit,ready,shutdown"})
  void refusesOtherWordsOrAnotherOrder(String phases) {
    extend(11, phases);
    assertFalse(finding(11).holds());
  }

  @Test
  void refusesBootPhasesInAnotherRegister() {
    extend(4, "sysinit,ready");
    assertFalse(finding(4).holds());
  }

  @ParameterizedTest
  @CsvSource({"Success", "Failure", "Failure|Success"})
  void acceptsAnExitFromBootServicesThatTheLogMissed(String how) {
    var words = new StringBuilder("Exit Boot Services Invocation");
    for (String result : how.split("\\|")) {
      words.append(",Exit Boot Services Returned with ").append(result);
    }
    extend(5, words.toString());
    assertTrue(finding(5).holds());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 15})
  void acceptsAMissingExitWhereWhatIsJudgedApartDiffersToo(int pcr) {
    EventLog more =
        new EventLogWriter(EnumSet.of(BANK))
            .event(5, EventType.EFI_GPT_EVENT, Bytes.ofUtf8("table"))
            .event(pcr, EventType.IPL, Bytes.ofUtf8("more"))
            .log();
    pcrs.putAll(more.replay(BANK));
    extend(5, "Exit Boot Services Invocation,Exit Boot Services Returned with Success");
    extend(pcr, "ready");
    assertTrue(LogReplay.compare(more, BANK, pcrs).stream().allMatch(LogReplay.Finding::holds));
  }

  @Test
  void refusesAMissingExitWhereAnotherPcrIsWrongToo() {
    extend(5, "Exit Boot Services Invocation,Exit Boot Services Returned with Success");
    pcrs.put(4, Bytes.zeros(32));
    assertFalse(finding(5).holds());
  }

  @Test
  void acceptsAMissingExitWhereAnotherPcrHasNoValue() {
    extend(5, "Exit Boot Services Invocation,Exit Boot Services Returned with Success");
    pcrs.remove(4);
    assertTrue(finding(5).holds());
  }

  @Test
  void acceptsAnAttemptThatFailedBeforeItWasAnnounced() {
    extend(
        5,
        "Exit Boot Services Returned with Failure,Exit Boot Services Invocation,"
            + "Exit Boot Services Returned with Success");
    assertTrue(finding(5).holds());
  }

  @Test
  void refusesAnInvocationAlone() {
    extend(5, "Exit Boot Services Invocation");
    assertFalse(finding(5).holds());
  }

  private void extend(int pcr, String words) {
    for (String word : words.split(",")) {
      Bytes digest = BANK.of(Bytes.ofUtf8(word));
      pcrs.compute(pcr, (_, value) -> BANK.of(value, digest));
    }
  }

  private LogReplay.Finding finding(int pcr) {
    return LogReplay.compare(log, BANK, pcrs).stream()
        .filter(f -> f.pcr() == pcr)
        .findAny()
        .orElseThrow();
  }
}
