package dev.asterism.audit;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Which records somebody wants to see; null: any.
 *
 * @param node the name of the node that a record is about
 * @param decision what was decided: {@code accepted}, {@code issued}, {@code given}, {@code
 *     refused}…
 * @param event what happened: {@code verdict}, {@code ticket-issued}, {@code data-key}…
 */
public record RecordFilter(
    @Nullable String node,
    @Nullable String decision,
    @Nullable String event,
    @Nullable Instant since) {

  public boolean accepts(AuditRecord record) {
    return is(node, node(record).orElse(""))
        && is(decision, decision(record).orElse(""))
        && is(event, record.event())
        && (since == null || !record.time().isBefore(since));
  }

  private static boolean is(@Nullable String wanted, String found) {
    return wanted == null || wanted.equals(found);
  }

  /** The node that a record is about, where it names one. */
  public static Optional<String> node(AuditRecord record) {
    return text(record.content().get("node"));
  }

  /** What was decided, where something was. */
  public static Optional<String> decision(AuditRecord record) {
    return text(record.content().get("decision"));
  }

  private static Optional<String> text(@Nullable JsonNode value) {
    return value != null && value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
  }
}
