package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The one object that orders all changes of admission records: how many there were, and the newest.
 *
 * @param newest empty where there was none yet
 * @param version the API server's, by which it is replaced
 */
record AdmissionJournal(long sequence, Optional<AdmissionRecord> newest, String version) {
  static final String NAME = "admissions";

  private static final String SEQUENCE_ANNOTATION = "asterism.dev/change";

  /** Before the first change. */
  static ObjectNode empty() {
    return new AdmissionJournal(0, Optional.empty(), "").toJson();
  }

  AdmissionJournal next(AdmissionRecord record) {
    return new AdmissionJournal(sequence + 1, Optional.of(record), version);
  }

  ObjectNode toJson() {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", "asterism.dev/v1alpha1").put("kind", "AdmissionJournal");
    ObjectNode metadata = object.putObject("metadata").put("name", NAME);
    if (!version.isEmpty()) {
      metadata.put("resourceVersion", version);
    }
    ObjectNode spec = object.putObject("spec").put("sequence", sequence);
    newest.ifPresent(record ->
        spec.putObject("newest")
            .put("name", record.identity())
            .set("record", record.toJson().get("spec")));
    return object;
  }

  static AdmissionJournal fromJson(ObjectNode object) throws MalformedException {
    ObjectNode spec = Json.child(object, "spec");
    JsonNode sequence = spec.path("sequence");
    if (!sequence.isIntegralNumber()) {
      throw new MalformedException("sequence", "is not a number");
    }
    Optional<AdmissionRecord> newest = Optional.empty();
    if (spec.has("newest")) {
      ObjectNode entry = Json.child(spec, "newest");
      ObjectNode record = Json.newObject();
      record.putObject("metadata").put("name", Json.string(entry, "name"));
      record.set("spec", Json.child(entry, "record"));
      newest = Optional.of(AdmissionRecord.fromJson(record));
    }
    return new AdmissionJournal(sequence.longValue(), newest, version(object));
  }

  /** The newest record as an object of its own, which says by which change it came. */
  ObjectNode newestAsObject() {
    ObjectNode object = newest.orElseThrow().toJson();
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
