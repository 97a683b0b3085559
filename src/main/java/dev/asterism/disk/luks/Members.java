package dev.asterism.disk.luks;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** An object whose members are all asked for by name; what is left over at the end is unknown. */
final class Members {
  private final String path;
  private final ObjectNode node;
  private final List<Violation> violations;
  private final Set<String> known = new HashSet<>();

  /**
   * @param violations takes what is wrong
   */
  Members(String path, ObjectNode node, List<Violation> violations) {
    this.path = path;
    this.node = node;
    this.violations = violations;
  }

  boolean has(String name) {
    return node.has(name);
  }

  /** Every name there is, for objects that are maps. */
  Set<String> names() {
    return Set.copyOf(node.propertyNames());
  }

  /** Says that the member is wrong, and knows it. */
  void wrong(HeaderCheck check, String name, String what) {
    known.add(name);
    violations.add(new Violation(check, at(name), what));
  }

  /** The member must be this text. */
  void text(HeaderCheck check, String name, String expected) {
    JsonNode value = take(name);
    if (value != null && !(value.isString() && value.stringValue().equals(expected))) {
      wrong(check, name, "is not " + expected);
    }
  }

  /** The member must be a whole number within these bounds; the least one where it is wrong. */
  long number(HeaderCheck check, String name, long least, long most) {
    JsonNode value = take(name);
    if (value == null) {
      return least;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < least
        || value.longValue() > most) {
      wrong(
          check,
          name,
          least == most ? "is not " + least : "is not a number from " + least + " to " + most);
      return least;
    }
    return value.longValue();
  }

  /** A 64-bit number, which LUKS2 writes as a decimal string; -1 where it is wrong. */
  long longText(HeaderCheck check, String name) {
    JsonNode value = take(name);
    if (value == null) {
      return -1;
    }
    if (!value.isString() || !value.stringValue().matches("0|[1-9][0-9]{0,17}")) {
      wrong(check, name, "is not a decimal number in a string");
      return -1;
    }
    return Long.parseLong(value.stringValue());
  }

  /** The member must be base64 of that many bytes. */
  void base64(HeaderCheck check, String name, int length) {
    if (take(name) == null) {
      return;
    }
    try {
      Bytes value = Json.base64(node, name);
      if (value.length() != length) {
        wrong(check, name, "does not have " + length + " bytes");
      }
    } catch (MalformedException e) {
      wrong(check, name, "is not base64");
    }
  }

  void bool(HeaderCheck check, String name) {
    JsonNode value = take(name);
    if (value != null && !value.isBoolean()) {
      wrong(check, name, "is not true or false");
    }
  }

  /** The member must be a list of exactly these texts. */
  void texts(HeaderCheck check, String name, List<String> expected) {
    JsonNode value = take(name);
    if (value == null) {
      return;
    }
    boolean same = value instanceof ArrayNode && value.size() == expected.size();
    for (int i = 0; same && i < expected.size(); i++) {
      JsonNode item = value.get(i);
      same = item.isString() && item.stringValue().equals(expected.get(i));
    }
    if (!same) {
      wrong(check, name, "is not " + expected);
    }
  }

  /** The member as an object; null, and said so, where it is none. */
  @Nullable Members object(HeaderCheck check, String name) {
    JsonNode value = take(name);
    if (value instanceof ObjectNode object) {
      return new Members(at(name), object, violations);
    }
    if (value != null) {
      wrong(check, name, "is not an object");
    }
    return null;
  }

  /** The member as a map with the one key "0"; null, and said so, where it is something else. */
  @Nullable Members only(HeaderCheck check, String name) {
    Members map = object(check, name);
    if (map == null) {
      return null;
    }
    if (!map.names().equals(Set.of("0"))) {
      wrong(check, name, "is not exactly one, number 0");
      return null;
    }
    return map.object(check, "0");
  }

  /** Names nothing of an unknown member: the host chose the name. */
  void end() {
    for (String name : node.propertyNames()) {
      if (!known.contains(name)) {
        violations.add(new Violation(HeaderCheck.MEMBERS, path, "has an unknown member"));
        return;
      }
    }
  }

  private @Nullable JsonNode take(String name) {
    known.add(name);
    JsonNode value = node.get(name);
    if (value == null) {
      violations.add(new Violation(HeaderCheck.MEMBERS, at(name), "is missing"));
    }
    return value;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }
}
