package dev.asterism.attestation.eventlog;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Bundles of a log and the register values that it must replay to: {@code tcg-eventlog} (PCRs) and
 * {@code ccel-eventlog} (register 0 is MRTD, 1 to 4 are RTMR 0 to 3).
 */
public final class EventLogKind implements EvidenceKind {
  private static final String TCG = "tcg-eventlog";
  private static final String CCEL = "ccel-eventlog";
  private static final int REGISTERS = 24;

  static final CheckId PARSES = new CheckId("eventlog.parses", Stage.PARSE);
  static final CheckId RULING = new CheckId("eventlog.ruling", Stage.POLICY);
  static final CheckId BANK = new CheckId("eventlog.bank", Stage.PCRS);
  static final CheckId ORDER = EventLogChecks.ORDER;
  static final CheckId REPLAY = EventLogChecks.REPLAY;

  /** What the quote beside a CCEL states. */
  static final CheckId QUOTED = new CheckId("eventlog.quoted", Stage.BINDING);

  private static final List<CheckId> PLAN = List.of(PARSES, ORDER, RULING, BANK, REPLAY);

  /**
   * Registers that programs extend after the firmware's log: what they hold is no firmware's word.
   * The others stay as they start where no event is of them.
   */
  private static final Map<String, Set<Integer>> EXTENDED_LATER =
      Map.of(
          TCG,
          Set.of(10, 11, 13, 15, 16, 17, 18, 19, 20, 21, 22, 23),
          // MRTD, which no event is of, and RTMR 2 and 3.
          CCEL,
          Set.of(0, 3, 4));

  private final RegisterQuote quotes;

  /**
   * @param quotes judges the quote beside a CCEL
   */
  public EventLogKind(RegisterQuote quotes) {
    this.quotes = quotes;
  }

  @Override
  public Set<String> kinds() {
    return Set.of(TCG, CCEL);
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    SortedMap<Digests, SortedMap<Integer, Bytes>> banks = registers(bundle.file("registers"));
    boolean quoted = bundle.kind().equals(CCEL) && bundle.optionalFile("quote").isPresent();
    var checks = new Checklist(plan(quoted));
    EventLog log;
    try {
      log = parse(bundle);
    } catch (MalformedException e) {
      checks.fail(PARSES, String.valueOf(e.getMessage()));
      return checks.conclude(null);
    }
    checks.pass(PARSES, log.events().size() + " events");
    order(checks, log);
    if (own.config() != null || own.nonce() != null) {
      checks.unavailable(RULING, "a log alone is not judged by a config or a nonce");
    } else {
      checks.skip(RULING, "judged by the registers beside it");
    }
    banks.forEach((bank, registers) -> compare(checks, bundle.kind(), log, bank, registers));
    if (quoted) {
      SortedMap<Integer, Bytes> registers = banks.getOrDefault(Digests.SHA384, new TreeMap<>());
      quotes
          .judge(checks, bundle, at)
          .ifPresent(stated -> compare(checks, bundle.kind(), registers, stated));
    }
    return checks.conclude(null);
  }

  private List<CheckId> plan(boolean quoted) {
    List<CheckId> plan = new ArrayList<>(PLAN);
    if (quoted) {
      plan.addAll(quotes.plan());
      plan.add(QUOTED);
    }
    return plan;
  }

  private static void compare(
      Checklist checks,
      String kind,
      SortedMap<Integer, Bytes> registers,
      Map<Integer, Bytes> stated) {
    if (registers.isEmpty()) {
      checks.skip(QUOTED, "no SHA-384 registers are beside it");
    }
    registers.forEach((index, value) -> {
      Bytes quoted = stated.getOrDefault(index, Bytes.EMPTY);
      checks.check(QUOTED, register(kind, index), value.equals(quoted), value.hex(), quoted.hex());
    });
  }

  /**
   * Only said aloud: here no policy is asked, and firmware of real machines measures into PCR 4 and
   * 7 in other orders than that of clouds.
   */
  private static void order(Checklist checks, EventLog log) {
    Optional<String> violation = EventOrder.violation(log);
    if (violation.isPresent()) {
      checks.warn(ORDER, violation.get());
    } else if (EventOrder.lacksAction(log)) {
      checks.warn(ORDER, EventOrder.LACKS_ACTION);
    } else {
      checks.pass(ORDER, "");
    }
  }

  private static void compare(
      Checklist checks,
      String kind,
      EventLog log,
      Digests bank,
      SortedMap<Integer, Bytes> registers) {
    String name = bank.algorithm();
    if (!checks.check(
        BANK, name, log.banks().contains(bank), "digests in the log", name + " in its header")) {
      return;
    }
    Set<Integer> unexplained = new TreeSet<>(registers.keySet());
    unexplained.removeAll(log.replay(bank).keySet());
    for (LogReplay.Finding f : findings(kind, log, bank, registers)) {
      if (registers.containsKey(f.pcr())) {
        checks.add(
            REPLAY,
            register(kind, f.pcr()) + " " + name,
            f.holds() ? Outcome.PASSED : Outcome.FAILED,
            f.actual().hex(),
            f.replayed().hex(),
            f.note());
      }
    }
    if (unexplained.size() == registers.size()) {
      checks.fail(REPLAY, "the log has no events for the " + name + " registers beside it");
      return;
    }
    for (int index : unexplained) {
      boolean untouched = registers.getOrDefault(index, Bytes.EMPTY).isAllZero();
      boolean free = untouched || EXTENDED_LATER.getOrDefault(kind, Set.of()).contains(index);
      checks.add(
          REPLAY,
          register(kind, index) + " " + name,
          free ? Outcome.SKIPPED : Outcome.FAILED,
          "",
          "",
          "the log has no events for it" + (free ? "" : ", and it was extended"));
    }
  }

  private static List<LogReplay.Finding> findings(
      String kind, EventLog log, Digests bank, SortedMap<Integer, Bytes> registers) {
    if (kind.equals(TCG)) {
      return LogReplay.compare(log, bank, registers);
    }
    var findings = new ArrayList<LogReplay.Finding>();
    log.replay(bank)
        .forEach((index, replayed) -> {
          Bytes actual = registers.getOrDefault(index, Bytes.EMPTY);
          boolean holds = replayed.equals(actual);
          findings.add(new LogReplay.Finding(index, holds, replayed, actual, ""));
        });
    return findings;
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    EventLog log = parse(bundle);
    var facts = new ArrayList<Fact>();
    facts.add(
        new Fact(
            "banks", String.join(", ", log.banks().stream().map(Digests::algorithm).toList())));
    facts.add(new Fact("events", Integer.toString(log.events().size())));
    int number = 0;
    for (EventLog.Event event : log.events()) {
      number++;
      var text = new StringBuilder();
      text.append(register(bundle.kind(), (int) event.register()));
      text.append("  ").append(EventType.name(event.type()));
      event
          .digests()
          .forEach((b, d) -> text.append("  ").append(b.algorithm()).append(' ').append(d));
      facts.add(new Fact("event " + number, text.toString()));
    }
    return facts;
  }

  private static EventLog parse(Bundle bundle) throws MalformedException {
    Bytes log = bundle.file("log");
    return bundle.kind().equals(CCEL) ? EventLog.parseCcel(log) : EventLog.parse(log);
  }

  private static String register(String kind, int index) {
    if (kind.equals(TCG)) {
      return "PCR " + index;
    }
    return index == 0 ? "MRTD" : "RTMR " + (index - 1);
  }

  /** {@code {"sha256": {"0": "<hex>", …}, …}}. */
  private static SortedMap<Digests, SortedMap<Integer, Bytes>> registers(Bytes file)
      throws MalformedException {
    SortedMap<Digests, SortedMap<Integer, Bytes>> banks = new TreeMap<>();
    ObjectNode json = Json.object("registers", file);
    for (String name : json.propertyNames()) {
      Digests bank = bank(name);
      SortedMap<Integer, Bytes> values = new TreeMap<>();
      for (Map.Entry<String, JsonNode> entry : Json.child(json, name).properties()) {
        String where = "registers." + name + "." + entry.getKey();
        if (!entry.getValue().isString()) {
          throw new MalformedException(where, "is not a string of hex digits");
        }
        Bytes value = Bytes.ofHex(where, entry.getValue().stringValue());
        if (value.length() != bank.length()) {
          throw new MalformedException(where, "must have " + bank.length() + " bytes");
        }
        values.put(index(where, entry.getKey()), value);
      }
      banks.put(bank, values);
    }
    if (banks.isEmpty()) {
      throw new MalformedException("registers", "has no bank");
    }
    return banks;
  }

  private static Digests bank(String name) throws MalformedException {
    return switch (name) {
      case "sha1" -> Digests.SHA1;
      case "sha256" -> Digests.SHA256;
      case "sha384" -> Digests.SHA384;
      case "sha512" -> Digests.SHA512;
      default -> throw new MalformedException("registers", "has a bank that is not known");
    };
  }

  private static int index(String where, String text) throws MalformedException {
    for (int index = 0; index < REGISTERS; index++) {
      if (Integer.toString(index).equals(text)) {
        return index;
      }
    }
    throw new MalformedException(where, "must be named 0 to " + (REGISTERS - 1));
  }
}
