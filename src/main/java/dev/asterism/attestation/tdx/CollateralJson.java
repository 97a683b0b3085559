package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The forms that TCB info and QE identity share. */
final class CollateralJson {
  /** Real ones have some twenty. */
  static final int MAX_LEVELS = 256;

  private static final int MAX_ADVISORIES = 256;
  private static final int LONGEST_TEXT = 64;

  private CollateralJson() {}

  static int number(ObjectNode json, String member, int max) throws MalformedException {
    JsonNode value = json.get(member);
    if (value == null || !value.isInt() || value.intValue() < 0 || value.intValue() > max) {
      throw new MalformedException(member, "is not a number from 0 to " + max);
    }
    return value.intValue();
  }

  static Bytes bytes(ObjectNode json, String member, int length) throws MalformedException {
    Bytes value = Bytes.ofHex(member, Json.string(json, member));
    if (value.length() != length) {
      throw new MalformedException(member, "must have " + length + " bytes");
    }
    return value;
  }

  static Period period(ObjectNode json) throws MalformedException {
    Period period = new Period(instant(json, "issueDate"), instant(json, "nextUpdate"));
    if (period.to().isBefore(period.from())) {
      throw new MalformedException("nextUpdate", "is before issueDate");
    }
    return period;
  }

  private static Instant instant(ObjectNode json, String member) throws MalformedException {
    try {
      return Instant.parse(Json.string(json, member));
    } catch (DateTimeParseException e) {
      throw new MalformedException(member, "is not a time as in 2026-01-31T12:00:00Z");
    }
  }

  static List<ObjectNode> objects(ObjectNode json, String member, int max)
      throws MalformedException {
    List<ObjectNode> objects = new ArrayList<>();
    for (JsonNode item : array(json, member, max)) {
      if (!(item instanceof ObjectNode object)) {
        throw new MalformedException(member, "lists something that is not an object");
      }
      objects.add(object);
    }
    return objects;
  }

  static List<IsvLevel> isvLevels(ObjectNode json) throws MalformedException {
    List<IsvLevel> levels = new ArrayList<>();
    for (ObjectNode level : objects(json, "tcbLevels", MAX_LEVELS)) {
      levels.add(
          new IsvLevel(number(Json.child(level, "tcb"), "isvsvn", 0xffff), assessment(level)));
    }
    return levels;
  }

  /** What a level says beside its numbers. */
  static TcbAssessment assessment(ObjectNode level) throws MalformedException {
    List<String> advisories = new ArrayList<>();
    if (level.hasNonNull("advisoryIDs")) {
      for (JsonNode item : array(level, "advisoryIDs", MAX_ADVISORIES)) {
        if (!item.isString() || item.stringValue().length() > LONGEST_TEXT) {
          throw new MalformedException("advisoryIDs", "lists something that is not a short string");
        }
        advisories.add(item.stringValue());
      }
    }
    return new TcbAssessment(
        TcbStatus.byId("tcbStatus", Json.string(level, "tcbStatus")),
        instant(level, "tcbDate").toString(),
        advisories);
  }

  private static ArrayNode array(ObjectNode json, String member, int max)
      throws MalformedException {
    if (!(json.get(member) instanceof ArrayNode array)) {
      throw new MalformedException(member, "is not a list");
    }
    if (array.size() > max) {
      throw new MalformedException(member, "lists more than " + max);
    }
    return array;
  }
}
