package dev.asterism.attestation;

import dev.asterism.wire.Json;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of a verification: every check with its outcome, and what follows from them. Only
 * {@link Checklist#conclude} makes one.
 */
public final class Appraisal {
  private final List<Check> checks;
  private final Verdict verdict;
  private final @Nullable Claims claims;

  Appraisal(List<Check> checks, Verdict verdict, @Nullable Claims claims) {
    this.checks = List.copyOf(checks);
    this.verdict = verdict;
    this.claims = claims;
  }

  /** All checks, in the order in which they were planned. */
  public List<Check> checks() {
    return checks;
  }

  public Verdict verdict() {
    return verdict;
  }

  public boolean accepted() {
    return verdict == Verdict.ACCEPTED;
  }

  /** What the evidence says, where it is genuine. */
  public Optional<Claims> claims() {
    return Optional.ofNullable(claims);
  }

  public List<Check> with(Outcome outcome) {
    return checks.stream().filter(c -> c.outcome() == outcome).toList();
  }

  /** Why it is not accepted, in one line; {@code accepted} where it is. */
  public String reason() {
    return switch (verdict) {
      case ACCEPTED -> "accepted";
      case REFUSED -> with(Outcome.FAILED).getFirst().describe();
      case UNDECIDED -> with(Outcome.UNAVAILABLE).getFirst().describe();
    };
  }

  /**
   * {@code {"verdict", "accepted", "checks": [{"check", "stage", "subject"?, "outcome",
   * "expected"?, "actual"?, "note"?}], "claims"?}}; the documented form of verdicts and audit
   * records.
   */
  public ObjectNode toJson() {
    ObjectNode node = Json.newObject();
    node.put("verdict", verdict.id());
    node.put("accepted", accepted());
    var list = node.putArray("checks");
    for (Check check : checks) {
      ObjectNode item = list.addObject();
      item.put("check", check.id().id());
      item.put("stage", check.id().stage().id());
      putIfAny(item, "subject", check.subject());
      item.put("outcome", check.outcome().id());
      putIfAny(item, "expected", check.expected());
      putIfAny(item, "actual", check.actual());
      putIfAny(item, "note", check.note());
    }
    claims()
        .ifPresent(c -> {
          ObjectNode said = node.putObject("claims");
          said.put("variant", c.variant().id());
          said.put("userData", c.userData().hex());
          ObjectNode identity = said.putObject("identity");
          c.identity().forEach((k, v) -> identity.put(k.id(), v));
          ObjectNode measured = said.putObject("measurements");
          c.measurements().forEach((i, v) -> measured.put(Integer.toString(i), v.hex()));
        });
    return node;
  }

  private static void putIfAny(ObjectNode node, String member, String value) {
    if (!value.isEmpty()) {
      node.put(member, value);
    }
  }
}
