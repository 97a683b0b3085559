package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Collects the checks of one verification. It starts from a plan that names every check; one that
 * got no answer can never be accepted: it is listed as not reached where another failed, and counts
 * as failed where none did. So a check that gets lost in a change refuses everything at once.
 */
public final class Checklist {
  private final Answers answers;

  /** Before the name of each check. */
  private final String prefix;

  public Checklist(List<CheckId> plan) {
    this(new Answers(plan), "");
  }

  private Checklist(Answers answers, String prefix) {
    this.answers = answers;
    this.prefix = prefix;
  }

  /** What was answered so far, for a list and those within it. */
  private static final class Answers {
    /** In the order of the plan, which is that of the appraisal. */
    private final Map<CheckId, List<Check>> byPlan;

    private int made;
    private @Nullable Check firstFailed;
    private @Nullable Check firstUnavailable;

    private Answers(List<CheckId> plan) {
      if (plan.isEmpty()) {
        throw new IllegalArgumentException("a verification without checks proves nothing");
      }
      byPlan = LinkedHashMap.newLinkedHashMap(plan.size());
      for (CheckId id : plan) {
        byPlan.put(id, List.of());
      }
    }

    private void add(Check check) {
      List<Check> before = byPlan.get(check.id());
      if (before == null) {
        throw new IllegalArgumentException(check.id() + " is not in the plan");
      }
      if (before.isEmpty()) {
        // Most checks are made once.
        byPlan.put(check.id(), List.of(check));
      } else {
        List<Check> several = before.size() == 1 ? new ArrayList<>(before) : before;
        several.add(check);
        byPlan.put(check.id(), several);
      }
      made++;
      if (check.outcome() == Outcome.FAILED && firstFailed == null) {
        firstFailed = check;
      }
      if (check.outcome() == Outcome.UNAVAILABLE && firstUnavailable == null) {
        firstUnavailable = check;
      }
    }
  }

  /** A plan as it is named within another that has checks of the same names. */
  public static List<CheckId> within(String prefix, List<CheckId> plan) {
    return plan.stream().map(id -> id.within(prefix)).toList();
  }

  /** This list, for those whose checks stand in its plan {@link #within} a prefix. */
  public Checklist within(String inner) {
    return new Checklist(answers, prefix + inner);
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
    answers.add(new Check(id.within(prefix), subject, outcome, expected, actual, note));
  }

  public boolean anyFailed() {
    return answers.firstFailed != null;
  }

  /**
   * @param claims what the evidence says; null unless it is genuine
   */
  public Appraisal conclude(@Nullable Claims claims) {
    Check stopper = answers.firstFailed != null ? answers.firstFailed : answers.firstUnavailable;
    var all = new ArrayList<Check>(answers.made + answers.byPlan.size());
    boolean refused = anyFailed();
    for (Map.Entry<CheckId, List<Check>> planned : answers.byPlan.entrySet()) {
      if (!planned.getValue().isEmpty()) {
        all.addAll(planned.getValue());
      } else if (stopper == null) {
        refused = true;
        all.add(of(planned.getKey(), Outcome.FAILED, "this check was never made"));
      } else {
        String note = "not reached: " + stopper.id() + " " + stopper.outcome().id();
        all.add(of(planned.getKey(), Outcome.SKIPPED, note));
      }
    }
    Verdict otherwise = answers.firstUnavailable == null ? Verdict.ACCEPTED : Verdict.UNDECIDED;
    return new Appraisal(all, refused ? Verdict.REFUSED : otherwise, claims);
  }

  private static Check of(CheckId id, Outcome outcome, String note) {
    return new Check(id, "", outcome, "", "", note);
  }
}
