package dev.asterism.cli;

import dev.asterism.admin.AlignedText;
import dev.asterism.audit.AuditRecord;
import dev.asterism.audit.RecordFilter;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Records as aligned lines; so many at a time, since a log may be larger than memory. */
final class AuditTable {
  private static final int ROWS = 1000;
  private static final List<String> HEADER =
      List.of("TIME", "RECORD", "EVENT", "DECISION", "NODE", "PEER", "DETAIL");

  private final PrintWriter out;
  private final List<List<String>> rows = new ArrayList<>();

  AuditTable(PrintWriter out) {
    this.out = out;
  }

  void add(AuditRecord record) {
    JsonNode content = record.content();
    rows.add(
        List.of(
            record.time().toString(),
            Long.toString(record.sequence()),
            record.event(),
            RecordFilter.decision(record).orElse(""),
            RecordFilter.node(record).orElse(""),
            content.path("peer").asString(""),
            detail(content)));
    if (rows.size() == ROWS) {
      flush();
    }
  }

  void flush() {
    if (!rows.isEmpty()) {
      out.print(AlignedText.table(HEADER, rows));
      out.flush();
      rows.clear();
    }
  }

  /** What tells one such record from the next. */
  private static String detail(JsonNode content) {
    JsonNode kinds = content.path("kinds");
    if (kinds.isArray()) {
      return counts(kinds, content.path("others"));
    }
    return Stream.of(
            content.at("/admission/conflict"),
            content.path("reason"),
            content.path("id"),
            content.path("disk"),
            content.path("file"))
        .map(node -> node.asString(""))
        .filter(text -> !text.isEmpty())
        .findFirst()
        .orElse("");
  }

  private static String counts(JsonNode kinds, JsonNode others) {
    var parts = new ArrayList<String>();
    for (JsonNode kind : kinds) {
      parts.add(
          kind.path("count").asLong(0)
              + " × "
              + kind.path("event").asString("")
              + " of "
              + kind.path("peer").asString("")
              + ": "
              + kind.path("reason").asString(""));
    }
    for (JsonNode other : others) {
      parts.add(
          other.path("count").asLong(0) + " × " + other.path("event").asString("") + " of others");
    }
    return String.join("; ", parts);
  }
}
