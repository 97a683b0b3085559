package dev.asterism.audit;

import dev.asterism.wire.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A time in which nothing could be kept.
 *
 * @param records how many were to be kept; what they tell of did not happen
 * @param reason of the last failure
 */
record Trouble(Instant since, long records, String reason) {
  /** The same trouble going on, or the first of it. */
  static Trouble after(@Nullable Trouble before, Instant now, int records, String reason) {
    return before == null
        ? new Trouble(now, records, reason)
        : new Trouble(before.since, before.records + records, reason);
  }

  ObjectNode toJson() {
    return Json.newObject()
        .put("since", AuditRecord.time(since))
        .put("lost", records)
        .put("reason", Shortening.cut(reason));
  }
}
