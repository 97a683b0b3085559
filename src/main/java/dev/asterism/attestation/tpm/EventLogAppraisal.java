package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.eventlog.EventLogChecks;
import dev.asterism.attestation.eventlog.EventOrder;
import dev.asterism.attestation.eventlog.LogReplay;
import dev.asterism.crypto.Digests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Holds a firmware's event log against quoted PCRs. */
final class EventLogAppraisal {
  static final CheckId ORDER = EventLogChecks.ORDER;
  static final CheckId REPLAY = EventLogChecks.REPLAY;
  static final List<CheckId> PLAN = List.of(ORDER, REPLAY);

  private EventLogAppraisal() {}

  /** Nobody signs a log, so host and peer may leave it out; old peers do. */
  static void absent(Checklist checks) {
    checks.skip(ORDER, "the document carries no event log");
    checks.warn(REPLAY, "the document carries no event log: nothing explains the registers");
  }

  static void skip(Checklist checks, String why) {
    PLAN.forEach(id -> checks.skip(id, why));
  }

  /**
   * The order of events.
   *
   * @param strict whether a log without the action that calls an application is refused
   */
  static void order(Checklist checks, EventLog log, boolean strict) {
    Optional<String> violation = EventOrder.violation(log);
    if (violation.isPresent()) {
      checks.fail(ORDER, violation.get());
    } else if (!EventOrder.lacksAction(log)) {
      checks.pass(ORDER, "PCR 4 and 7 as firmware measures them");
    } else if (strict) {
      checks.fail(ORDER, EventOrder.LACKS_ACTION);
    } else {
      checks.warn(ORDER, EventOrder.LACKS_ACTION);
    }
  }

  /**
   * Replays one bank, as far as it is quoted.
   *
   * @param required PCRs that must be quoted and have events, beside all that are and have
   */
  static void replay(Checklist checks, EventLog log, VerifiedQuote quote, Set<Integer> required) {
    Digests bank = quote.bank();
    String name = Algorithms.bank(bank);
    if (!log.banks().contains(bank)) {
      // The bank that is appraised must be explained; others only have to be genuine.
      Outcome outcome = bank == Digests.SHA256 ? Outcome.FAILED : Outcome.WARNING;
      checks.add(REPLAY, name + " bank", outcome, "", "", "the log has no digests of it");
      return;
    }
    Set<Integer> missing = new TreeSet<>(required);
    Set<Integer> exact = new TreeSet<>();
    List<String> notes = new ArrayList<>();
    boolean good = true;
    for (LogReplay.Finding finding : LogReplay.compare(log, bank, quote.pcrs())) {
      missing.remove(finding.pcr());
      if (!quote.pcrs().containsKey(finding.pcr()) && !required.contains(finding.pcr())) {
        notes.add("PCR " + finding.pcr() + " is not quoted");
      } else if (!finding.holds()) {
        good = false;
        checks.add(
            REPLAY,
            name + " PCR " + finding.pcr() + " of the event log",
            Outcome.FAILED,
            finding.actual().hex(),
            finding.replayed().hex(),
            finding.note());
      } else if (finding.note().isEmpty()) {
        exact.add(finding.pcr());
      } else {
        notes.add("PCR " + finding.pcr() + " " + finding.note());
      }
    }
    if (!missing.isEmpty()) {
      good = false;
      checks.add(
          REPLAY,
          name + " bank",
          Outcome.FAILED,
          "",
          "",
          "the log has no event of " + PcrList.of(missing));
    }
    if (good && exact.isEmpty() && notes.isEmpty()) {
      String note = "the log has no events: nothing explains the registers";
      checks.add(REPLAY, name + " bank", Outcome.WARNING, "", "", note);
    } else if (good) {
      notes.addFirst(PcrList.of(exact) + " replay exactly");
      checks.add(REPLAY, name + " bank", Outcome.PASSED, "", "", String.join("; ", notes));
    }
  }
}
