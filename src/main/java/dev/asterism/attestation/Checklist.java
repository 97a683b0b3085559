package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Collects the checks of one verification. It starts from a plan that names every check; one that
 * got no answer can never be accepted: it is listed as not reached where another failed, and counts
 * as failed where none did. So a check that gets lost in a change refuses everything at once.
 */
public final class Checklist {
  private final List<CheckId> plan;
  private final List<Check> made;

  /** Before the name of each check. */
  private final String prefix;

  public Checklist(List<CheckId> plan) {
    if (plan.isEmpty()) {
      throw new IllegalArgumentException("a verification without checks proves nothing");
    }
    this.plan = List.copyOf(plan);
    this.made = new ArrayList<>();
    this.prefix = "";
  }

  private Checklist(Checklist whole, String prefix) {
    this.plan = whole.plan;
    this.made = whole.made;
    this.prefix = prefix;
  }

  /** A plan as it is named within another that has checks of the same names. */
  public static List<CheckId> within(String prefix, List<CheckId> plan) {
    return plan.stream().map(id -> id.within(prefix)).toList();
  }

  /** This list, for those whose checks stand in its plan {@link #within} a prefix. */
  public Checklist within(String inner) {
    return new Checklist(this, prefix + inner);
  }

  /** Records whether a condition holds, and returns it. */
  public boolean check(CheckId id, boolean holds, String expected, String actual) {
    return check(id, "", holds, expected, actual);
  }

  public boolean check(CheckId id, String subject, boolean holds, String expected, String actual) {
    add(id, subject, holds ? Outcome.PASSED : Outcome.FAILED, expected, actual, "");
    return holds;
  }

  /** Compares in constant time, and records both values as hex. */
  public boolean equal(CheckId id, Bytes expected, Bytes actual) {
    return check(id, expected.equals(actual), expected.hex(), actual.hex());
  }

  public void pass(CheckId id, String note) {
    add(id, "", Outcome.PASSED, "", "", note);
  }

  public void fail(CheckId id, String note) {
    add(id, "", Outcome.FAILED, "", "", note);
  }

  /** Something the policy tolerates and says aloud. */
  public void warn(CheckId id, String note) {
    add(id, "", Outcome.WARNING, "", "", note);
  }

  /** The policy requires it, and what it needs is not there. */
  public void unavailable(CheckId id, String note) {
    add(id, "", Outcome.UNAVAILABLE, "", "", note);
  }

  /** The policy does not ask for it. */
  public void skip(CheckId id, String note) {
    add(id, "", Outcome.SKIPPED, "", "", note);
  }

  public void add(
      CheckId id, String subject, Outcome outcome, String expected, String actual, String note) {
    CheckId planned = id.within(prefix);
    if (!plan.contains(planned)) {
      throw new IllegalArgumentException(planned + " is not in the plan");
    }
    made.add(new Check(planned, subject, outcome, expected, actual, note));
  }

  public boolean anyFailed() {
    return firstFailed().isPresent();
  }

  /**
   * @param claims what the evidence says; null unless it is genuine
   */
  public Appraisal conclude(@Nullable Claims claims) {
    Optional<Check> stopper = firstFailed().or(this::firstUnavailable);
    var all = new ArrayList<Check>();
    for (CheckId id : plan) {
      int before = all.size();
      for (Check check : made) {
        if (check.id().equals(id)) {
          all.add(check);
        }
      }
      if (all.size() > before) {
        continue;
      }
      if (stopper.isPresent()) {
        String note = "not reached: " + stopper.get().id() + " " + stopper.get().outcome().id();
        all.add(new Check(id, "", Outcome.SKIPPED, "", "", note));
      } else {
        all.add(new Check(id, "", Outcome.FAILED, "", "", "this check was never made"));
      }
    }
    return new Appraisal(all, verdict(all), claims);
  }

  private static Verdict verdict(List<Check> checks) {
    if (checks.stream().anyMatch(c -> c.outcome() == Outcome.FAILED)) {
      return Verdict.REFUSED;
    }
    if (checks.stream().anyMatch(c -> c.outcome() == Outcome.UNAVAILABLE)) {
      return Verdict.UNDECIDED;
    }
    return Verdict.ACCEPTED;
  }

  private Optional<Check> firstFailed() {
    return made.stream().filter(c -> c.outcome() == Outcome.FAILED).findFirst();
  }

  private Optional<Check> firstUnavailable() {
    return made.stream().filter(c -> c.outcome() == Outcome.UNAVAILABLE).findFirst();
  }
}
