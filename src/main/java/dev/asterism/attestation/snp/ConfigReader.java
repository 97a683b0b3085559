package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads members of one object of a policy. A member that nobody knows is an error: somebody meant
 * it to count.
 *
 * @param where the object's place, for errors
 */
record ConfigReader(String where, ObjectNode node) {

  void onlyHas(Set<String> members) throws MalformedException {
    for (var entry : node.properties()) {
      if (!members.contains(entry.getKey())) {
        throw new MalformedException(
            where, "has a member that is none of " + members.stream().sorted().toList());
      }
    }
  }

  boolean has(String member) {
    return node.hasNonNull(member);
  }

  ConfigReader child(String member) throws MalformedException {
    if (!(node.get(member) instanceof ObjectNode object)) {
      throw new MalformedException(at(member), "is not an object");
    }
    return new ConfigReader(at(member), object);
  }

  /** The strings of a list; null where the member is absent. */
  @Nullable List<String> strings(String member) throws MalformedException {
    JsonNode value = node.get(member);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!(value instanceof ArrayNode array)) {
      throw new MalformedException(at(member), "is not a list");
    }
    List<String> strings = new ArrayList<>();
    for (JsonNode item : array) {
      if (!item.isString()) {
        throw new MalformedException(at(member), "lists something that is not a string");
      }
      strings.add(item.stringValue());
    }
    return strings;
  }

  /** A whole number from 0 to {@code most}. */
  long number(String member, long most) throws MalformedException {
    return number(at(member), node.get(member), most);
  }

  static long number(String where, @Nullable JsonNode value, long most) throws MalformedException {
    if (value == null
        || !value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < 0
        || value.longValue() > most) {
      throw new MalformedException(where, "is not a whole number from 0 to " + most);
    }
    return value.longValue();
  }

  long number(String member, long most, long otherwise) throws MalformedException {
    return has(member) ? number(member, most) : otherwise;
  }

  /** A bit mask in hex, at most 16 digits; 0 where the member is absent. */
  long mask(String member) throws MalformedException {
    String hex = Json.optionalString(node, member);
    if (hex == null) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(hex, 16);
    } catch (NumberFormatException e) {
      throw new MalformedException(at(member), "is not a mask of at most 16 hex digits");
    }
  }

  Bytes hex(String member, String value, int length) throws MalformedException {
    Bytes bytes = Bytes.ofHex(at(member), value);
    if (bytes.length() != length) {
      throw new MalformedException(at(member), "must have " + length + " bytes");
    }
    return bytes;
  }

  String at(String member) {
    return where + "." + member;
  }
}
