package dev.asterism.audit;

import dev.asterism.wire.Json;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is left of a log.
 *
 * @param log where it grows
 * @param files those that were read, the oldest first
 * @param records how many there are
 * @param first the sequence of the first; 0 where there is none
 * @param head where it ends
 * @param findings what is wrong; at most {@link #MAX_FINDINGS}
 * @param findingCount how many there are in all
 * @param notes what is not wrong, but good to know
 */
public record AuditReport(
    Path log,
    List<Path> files,
    long records,
    long first,
    AuditHead head,
    List<Finding> findings,
    long findingCount,
    List<String> notes) {
  static final int MAX_FINDINGS = 100;

  public AuditReport {
    files = List.copyOf(files);
    findings = List.copyOf(findings);
    notes = List.copyOf(notes);
  }

  /** Whether nothing is wrong. */
  public boolean intact() {
    return findingCount == 0;
  }

  /**
   * {@code {"log", "intact", "files", "records", "first", "head": {"sequence", "hash"}, "findings":
   * [{"finding", "file", "line"?, "text"}], "findingCount", "notes"}}.
   */
  public ObjectNode toJson() {
    ObjectNode json = Json.newObject();
    json.put("log", log.toString()).put("intact", intact());
    var read = json.putArray("files");
    files.forEach(file -> read.add(file.toString()));
    json.put("records", records).put("first", first);
    json.putObject("head").put("sequence", head.sequence()).put("hash", head.hash().hex());
    var wrong = json.putArray("findings");
    findings.forEach(finding -> wrong.add(finding.toJson()));
    json.put("findingCount", findingCount);
    notes.forEach(json.putArray("notes")::add);
    return json;
  }
}
