package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one object that orders all changes of admission records: how many there were, and the newest.
 *
 * @param newest the records that the newest change wrote, of different machines; empty where there
 *     was none yet
 * @param version the API server's, by which it is replaced
 */
record AdmissionJournal(long sequence, List<AdmissionRecord> newest, String version) {
  /** Of one change, so that the object stays small: a record has a few KiB. */
  static final int MOST = 32;

  static final String NAME = "admissions";

  private static final String SEQUENCE_ANNOTATION = "asterism.dev/change";

  AdmissionJournal {
    newest = List.copyOf(newest);
  }

  /** Before the first change. */
  static ObjectNode empty() {
    return new AdmissionJournal(0, List.of(), "").toJson();
  }

  /**
   * @param known the newest change that any object came by: more than there were here where
   *     somebody deleted this journal, and what counts as older than an object is never written
   */
  AdmissionJournal next(Collection<AdmissionRecord> records, long known) {
    return new AdmissionJournal(Math.max(sequence, known) + 1, List.copyOf(records), version);
  }

  ObjectNode toJson() {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "asterism.dev/v1alpha1").put("kind", "AdmissionJournal");
    ObjectNode metadata = object.putObject("metadata").put("name", NAME);
    if (!version.isEmpty()) {
      metadata.put("resourceVersion", version);
    }
    ObjectNode spec = object.putObject("spec").put("sequence", sequence);
    var list = spec.putArray("newest");
    for (AdmissionRecord record : newest) {
      list.addObject().put("name", record.identity()).set("record", record.toJson().get("spec"));
    }
    return object;
  }

  static AdmissionJournal fromJson(ObjectNode object) throws MalformedException {
    ObjectNode spec = Json.child(object, "spec");
    long sequence = sequence(spec.path("sequence"));
    var newest = new ArrayList<AdmissionRecord>();
    for (JsonNode item : spec.path("newest")) {
      if (!(item instanceof ObjectNode entry)) {
        throw new MalformedException("newest", "holds something that is no object");
      }
      ObjectNode record = Json.newObject();
      record.putObject("metadata").put("name", Json.string(entry, "name"));
      record.set("spec", Json.child(entry, "record"));
      newest.add(AdmissionRecord.fromJson(record));
    }
    return new AdmissionJournal(sequence, newest, version(object));
  }

  /** One that has a next. */
  private static long sequence(JsonNode number) throws MalformedException {
    if (!number.isIntegralNumber()
        || !number.canConvertToLong()
        || number.longValue() < 0
        || number.longValue() == Long.MAX_VALUE) {
      throw new MalformedException("sequence", "is not a number of changes");
    }
    return number.longValue();
  }

  /** One of the newest records as an object of its own, which says by which change it came. */
  ObjectNode asObject(AdmissionRecord record) {
    ObjectNode object = record.toJson();
    ((ObjectNode) object.get("metadata"))
        .putObject("annotations")
        .put(SEQUENCE_ANNOTATION, String.valueOf(sequence));
    return object;
  }

  /** By which change an object came. */
  static long sequenceOf(ObjectNode object) {
    String text =
        object.path("metadata").path("annotations").path(SEQUENCE_ANNOTATION).asString("0");
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static String version(ObjectNode object) {
    return object.path("metadata").path("resourceVersion").asString("");
  }
}
