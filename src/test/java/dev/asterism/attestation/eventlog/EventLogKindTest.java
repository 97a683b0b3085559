package dev.asterism.attestation.eventlog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Verdict;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Bundles of a log and registers, by which one is judged that has nothing else wrong with it. */
class EventLogKindTest {
  private static final Digests BANK = Digests.SHA384;
  private static final Bytes DATA = Bytes.ofUtf8("data");
  private static final String CALL = "Calling EFI Application from Boot Option";

  private static final CheckId GENUINE = new CheckId("quote.genuine", Stage.SIGNATURE);

  private final EventLogKind kind = new EventLogKind(new Quote());
  private final ObjectNode registers = Json.newObject();
  private EventLogWriter log =
      new EventLogWriter(EnumSet.of(BANK))
          .event(1, EventType.S_CRTM_VERSION, DATA)
          .action(4, CALL)
          .separator(4)
          .event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA);
  private String name = "tcg-eventlog";
  private Bytes tail = Bytes.EMPTY;

  /** What a genuine quote states; null where it is forged. */
  private @Nullable Map<Integer, Bytes> quoted = Map.of();

  private final Map<String, Bytes> more = new TreeMap<>();

  /** States what the test says. */
  private final class Quote implements RegisterQuote {
    @Override
    public List<CheckId> plan() {
      return List.of(GENUINE);
    }

    @Override
    public Optional<Map<Integer, Bytes>> judge(Checklist checks, Bundle bundle, Instant at) {
      checks.check(GENUINE, quoted != null, "", "");
      return Optional.ofNullable(quoted);
    }
  }

  private EventLogKindTest replayed(int... indices) {
    ObjectNode bank = registers.putObject("sha384");
    for (int index : indices) {
      bank.put(Integer.toString(index), log.log().replay(BANK).get(index).hex());
    }
    return this;
  }

  private Bundle bundle() {
    Map<String, Bytes> files = new TreeMap<>(more);
    files.put("log", Bytes.concat(log.toBytes(), tail));
    files.put("registers", Bytes.ofUtf8(Json.line(registers)));
    return new Bundle(name, Json.newObject(), files);
  }

  private Appraisal appraise() throws MalformedException {
    return kind.appraise(bundle(), Bundle.Ruling.NONE, Instant.EPOCH);
  }

  private void assertOnly(String check) throws MalformedException {
    Appraisal appraisal = appraise();
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal::reason);
  }

  private void set(int index, Bytes value) {
    ((ObjectNode) registers.get("sha384")).put(Integer.toString(index), value.hex());
  }

  @Test
  void registersAreExplainedOrNot() throws Exception {
    replayed(1, 4);
    assertTrue(appraise().accepted(), () -> "not accepted");
    set(4, BANK.of(DATA));
    assertOnly("eventlog.replay");
    replayed(1);
    set(2, Bytes.zeros(48));
    Appraisal partly = appraise();
    assertTrue(partly.accepted(), partly::reason);
    assertEquals(
        "the log has no events for it",
        partly.with(Outcome.SKIPPED).stream()
            .filter(c -> c.subject().equals("PCR 2 SHA-384"))
            .findFirst()
            .orElseThrow()
            .note());
    registers.putObject("sha384").put("2", "00".repeat(48));
    assertOnly("eventlog.replay");
    assertEquals(
        "the log has no events for the SHA-384 registers beside it",
        appraise().with(Outcome.FAILED).getFirst().note());
    assertEquals(Set.of("tcg-eventlog", "ccel-eventlog"), kind.kinds());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5, 9, 12, 14})
  void whatOnlyFirmwareExtendsIsInItsLog(int pcr) throws Exception {
    replayed(1, 4);
    set(pcr, BANK.of(DATA));
    assertOnly("eventlog.replay");
    assertEquals(
        "the log has no events for it, and it was extended",
        appraise().with(Outcome.FAILED).getFirst().note());
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 11, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23})
  void whatProgramsExtendIsInNoLog(int pcr) throws Exception {
    replayed(1, 4);
    set(pcr, BANK.of(DATA));
    assertTrue(appraise().accepted());
  }

  @Test
  void aTdsFirmwareExtendsTheFirstTwoRtmrs() throws Exception {
    name = "ccel-eventlog";
    log = new EventLogWriter(EnumSet.of(BANK)).event(1, EventType.IPL, DATA);
    for (int later : new int[] {0, 3, 4}) {
      replayed(1);
      set(later, BANK.of(DATA));
      assertTrue(appraise().accepted(), "register " + later);
    }
    replayed(1);
    set(2, BANK.of(DATA));
    assertOnly("eventlog.replay");
  }

  @Test
  void theQuoteBesideACcelStatesTheRegisters() throws Exception {
    name = "ccel-eventlog";
    log = new EventLogWriter(EnumSet.of(BANK)).event(1, EventType.IPL, DATA);
    replayed(1);
    quoted = Map.of(1, BANK.of(DATA));
    assertTrue(appraise().accepted(), "there is no quote");
    more.put("quote", DATA);
    assertOnly("eventlog.quoted");
    quoted = Map.of();
    assertOnly("eventlog.quoted");
    quoted = Map.of(1, log.log().replay(BANK).get(1), 2, BANK.of(DATA));
    Appraisal stated = appraise();
    assertTrue(stated.accepted());
    assertTrue(
        stated.with(Outcome.SKIPPED).stream()
            .noneMatch(c -> c.id().id().equals("eventlog.quoted")));
    quoted = null;
    assertOnly("quote.genuine");
    name = "tcg-eventlog";
    assertTrue(appraise().accepted(), "it is of no TPM");
  }

  @Test
  void aQuoteStatesNothingOfAnotherBank() throws Exception {
    name = "ccel-eventlog";
    log = new EventLogWriter(EnumSet.of(Digests.SHA256)).event(1, EventType.IPL, DATA);
    registers.putObject("sha256").put("1", log.log().replay(Digests.SHA256).get(1).hex());
    more.put("quote", DATA);
    Appraisal other = appraise();
    assertTrue(other.accepted(), other::reason);
    assertTrue(
        other.with(Outcome.SKIPPED).stream().anyMatch(c -> c.id().id().equals("eventlog.quoted")));
  }

  @Test
  void noBankIsWithoutAnExplainedRegister() throws Exception {
    log =
        new EventLogWriter(EnumSet.of(BANK, Digests.SHA256))
            .event(1, EventType.S_CRTM_VERSION, DATA);
    replayed(1);
    registers.putObject("sha256").put("2", "00".repeat(32));
    assertOnly("eventlog.replay");
  }

  @Test
  void onlyACcelIsPaddedAndComparedStrictly() throws Exception {
    log = new EventLogWriter(EnumSet.of(BANK)).event(1, EventType.IPL, DATA);
    tail = Bytes.of(new byte[] {-1, -1, -1, -1, -1});
    replayed(1);
    assertOnly("eventlog.parses");
    name = "ccel-eventlog";
    Appraisal good = appraise();
    assertTrue(good.accepted(), good::reason);
    assertTrue(
        good.with(Outcome.PASSED).stream().anyMatch(c -> c.subject().equals("RTMR 0 SHA-384")));
    set(1, BANK.of(DATA));
    assertOnly("eventlog.replay");

    // What a TPM's userland extends has no meaning there.
    log = new EventLogWriter(EnumSet.of(BANK)).event(10, EventType.IPL, DATA).event(0, 13, DATA);
    replayed(0, 10);
    set(10, BANK.of(DATA));
    assertOnly("eventlog.replay");
    name = "tcg-eventlog";
    tail = Bytes.EMPTY;
    assertTrue(appraise().accepted());
  }

  @Test
  void orderAndBanksAreThatOfALog() throws Exception {
    replayed(1, 4);
    assertEquals(List.of(), appraise().with(Outcome.WARNING));
    log.separator(4);
    replayed(4);
    Appraisal odd = appraise();
    assertTrue(odd.accepted(), odd::reason);
    assertEquals("PCR 4: a second separator", odd.with(Outcome.WARNING).getFirst().note());
    log =
        new EventLogWriter(EnumSet.of(BANK))
            .separator(4)
            .event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA);
    replayed(4);
    Appraisal silent = appraise();
    assertTrue(silent.accepted(), silent::reason);
    assertEquals("eventlog.order", silent.with(Outcome.WARNING).getFirst().id().id());
    registers.putObject("sha256").put("4", "00".repeat(32));
    assertOnly("eventlog.bank");
  }

  @Test
  void aConfigOrANonceCannotJudgeALog() throws Exception {
    replayed(1, 4);
    for (var ruling :
        List.of(
            new Bundle.Ruling(Json.newObject(), null, null), new Bundle.Ruling(null, null, DATA))) {
      assertEquals(Verdict.UNDECIDED, kind.appraise(bundle(), ruling, Instant.EPOCH).verdict());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"sha512\":{\"0\":\"00\"}}",
        "{\"sha3\":{}}",
        "{\"sha384\":{\"0\":1}}",
        "{\"sha384\":{\"0\":\"zz\"}}",
        "{\"sha384\":{\"24\":\"A\"}}",
        "{\"sha384\":{\"-1\":\"A\"}}",
        "{\"sha384\":{\"01\":\"A\"}}",
        "{\"sha384\":1}",
      })
  void registersThatMeanNothingAreAnError(String json) {
    String text = json.replace("\"A\"", "\"" + "00".repeat(48) + "\"");
    Map<String, Bytes> files = Map.of("log", log.toBytes(), "registers", Bytes.ofUtf8(text));
    var bundle = new Bundle(name, Json.newObject(), files);
    assertThrows(
        MalformedException.class, () -> kind.appraise(bundle, Bundle.Ruling.NONE, Instant.EPOCH));
  }

  @Test
  void eventsAreShown() throws Exception {
    log = new EventLogWriter(EnumSet.of(BANK)).event(1, EventType.IPL, DATA).separator(0);
    List<Fact> facts = kind.show(bundle());
    assertEquals(new Fact("banks", "SHA-384"), facts.get(0));
    assertEquals(new Fact("events", "2"), facts.get(1));
    assertEquals(new Fact("event 1", "PCR 1  EV_IPL  SHA-384 " + BANK.of(DATA)), facts.get(2));
    name = "ccel-eventlog";
    facts = kind.show(bundle());
    assertTrue(facts.get(2).value().startsWith("RTMR 0  EV_IPL"));
    assertTrue(facts.get(3).value().startsWith("MRTD  EV_SEPARATOR"));
    assertEquals("event 2", facts.get(3).label());
  }

  @Test
  void theLastRegisterIsTheTwentyThird() throws Exception {
    log = new EventLogWriter(EnumSet.of(BANK)).event(23, EventType.IPL, DATA);
    replayed(23);
    assertTrue(appraise().accepted());
  }
}
