package dev.asterism.admin;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Verdict;
import dev.asterism.wire.Json;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Judgements of many bundles as text, and their sum. */
public final class EvidenceReport {
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);
  private int bundles;
  private int unreadable;
  private int agreeing;
  private int disagreeing;

  /** Counts one more. */
  public void add(Judgement judgement) {
    bundles++;
    if (!judgement.readable()) {
      unreadable++;
      return;
    }
    verdicts.merge(judgement.appraisal().verdict(), 1, Integer::sum);
    if (judgement.expectation().isPresent()) {
      agreeing += judgement.agrees() ? 1 : 0;
      disagreeing += judgement.agrees() ? 0 : 1;
    }
  }

  /** Some bundle could not be read at all. */
  public boolean anyUnreadable() {
    return unreadable > 0;
  }

  public boolean any(Verdict verdict) {
    return verdicts.getOrDefault(verdict, 0) > 0;
  }

  /** Path, table, and one line with the verdict. */
  public static String text(Judgement judgement) {
    String table = AppraisalText.of(judgement.appraisal()).stripTrailing();
    return AlignedText.plain(judgement.bundle()) + "\n" + table + agreement(judgement) + "\n";
  }

  private static String agreement(Judgement judgement) {
    return judgement
        .expectation()
        .map(expected ->
            judgement.agrees()
                ? " [as the manifest expects]"
                : " [DISAGREES: the manifest expects " + expected.id() + "]")
        .orElse("");
  }

  /** {@code 3 bundles: 1 accepted, 2 refused, …}, one line. */
  public String summary() {
    var line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%d bundles:", bundles));
    for (Verdict verdict : Verdict.values()) {
      line.append(' ').append(verdicts.getOrDefault(verdict, 0)).append(' ');
      line.append(verdict.id()).append(',');
    }
    line.append(' ').append(unreadable).append(" unreadable");
    if (agreeing + disagreeing > 0) {
      line.append("; ").append(agreeing).append(" of ").append(agreeing + disagreeing);
      line.append(" as their manifests expect");
    }
    return line.toString();
  }

  /** What is inside a bundle, as aligned label and value. */
  public static String text(List<Fact> facts) {
    var rows = new ArrayList<List<String>>();
    facts.forEach(f -> rows.add(List.of(f.label(), f.value())));
    return AlignedText.columns(rows);
  }

  /** {@code {"bundle", "facts": [{"label", "value"}]}}. */
  public static ObjectNode json(String bundle, List<Fact> facts) {
    ObjectNode node = Json.newObject();
    node.put("bundle", bundle);
    var list = node.putArray("facts");
    facts.forEach(f -> list.addObject().put("label", f.label()).put("value", f.value()));
    return node;
  }
}
