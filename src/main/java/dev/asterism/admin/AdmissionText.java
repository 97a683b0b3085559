package dev.asterism.admin;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.wire.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Who was admitted as what, for people and for machines. */
public final class AdmissionText {
  private static final List<String> HEADER =
      List.of("NODE", "ROLE", "STATE", "DISK", "IDENTITY", "ADDRESSES", "SINCE");

  private AdmissionText() {}

  /** One aligned line for each record. */
  public static String table(List<AdmissionRecord> records) {
    return AlignedText.table(
        HEADER,
        records.stream()
            .map(r ->
                List.of(
                    r.node(),
                    r.role(),
                    r.state().id(),
                    r.disk(),
                    r.shortIdentity(),
                    String.join(",", r.addresses()),
                    r.since().toString()))
            .toList());
  }

  /**
   * {@code {"identity", "node", "role", "state", "disk", "formerDisks", "addresses", "evidence",
   * "since"}}.
   */
  public static ObjectNode json(AdmissionRecord record) {
    ObjectNode json = Json.newObject();
    json.put("identity", record.identity())
        .put("node", record.node())
        .put("role", record.role())
        .put("state", record.state().id())
        .put("disk", record.disk());
    record.formerDisks().forEach(json.putArray("formerDisks")::add);
    record.addresses().forEach(json.putArray("addresses")::add);
    record.evidence().forEach(json.putObject("evidence")::put);
    return json.put("since", record.since().toString());
  }

  /** {@code {"admissions": […]}}, one line. */
  public static String json(List<AdmissionRecord> records) {
    ObjectNode json = Json.newObject();
    var list = json.putArray("admissions");
    records.forEach(record -> list.add(json(record)));
    return Json.line(json);
  }
}
