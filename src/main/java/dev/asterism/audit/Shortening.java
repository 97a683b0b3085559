package dev.asterism.audit;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * Keeps a record's content within bounds, whatever a stranger put into the request that it tells
 * of: first long texts and lists lose their ends, then all but the outermost texts and numbers go.
 * What was shortened says so, and has the hash of the whole.
 */
final class Shortening {
  /** Leaves room for the members around it. */
  static final int MAX_CONTENT = AuditRecord.MAX_LINE - 1024;

  private static final int MAX_TEXT = 256;
  private static final int MAX_ITEMS = 32;

  private Shortening() {}

  /** The content as one line of at most {@link #MAX_CONTENT} bytes. */
  static String line(ObjectNode content) {
    String whole = Json.line(content);
    if (fits(whole)) {
      return whole;
    }
    Bytes hash = Digests.SHA256.of(Bytes.ofUtf8(whole));
    var cut = (ObjectNode) cut(content);
    String shorter = Json.line(marked(cut, whole, hash));
    if (fits(shorter)) {
      return shorter;
    }
    String outermost = Json.line(marked(outermost(content), whole, hash));
    return fits(outermost) ? outermost : Json.line(marked(Json.newObject(), whole, hash));
  }

  private static boolean fits(String line) {
    return line.length() <= MAX_CONTENT
        && line.getBytes(StandardCharsets.UTF_8).length <= MAX_CONTENT;
  }

  private static ObjectNode marked(ObjectNode content, String whole, Bytes hash) {
    content
        .putObject("shortened")
        .put("bytes", whole.getBytes(StandardCharsets.UTF_8).length)
        .put("sha256", hash.hex());
    return content;
  }

  private static JsonNode cut(JsonNode node) {
    return switch (node) {
      case StringNode text -> StringNode.valueOf(cut(text.stringValue()));
      case ArrayNode list -> {
        ArrayNode some = Json.newObject().putArray("some");
        for (int i = 0; i < Math.min(MAX_ITEMS, list.size()); i++) {
          some.add(cut(list.get(i)));
        }
        if (list.size() > MAX_ITEMS) {
          some.add("… and " + (list.size() - MAX_ITEMS) + " more");
        }
        yield some;
      }
      case ObjectNode object -> {
        ObjectNode members = Json.newObject();
        object.properties().forEach(member -> members.set(member.getKey(), cut(member.getValue())));
        yield members;
      }
      default -> node;
    };
  }

  private static ObjectNode outermost(ObjectNode content) {
    ObjectNode some = Json.newObject();
    content.properties().stream()
        .filter(member -> member.getValue().isValueNode())
        .limit(MAX_ITEMS)
        .forEach(member -> some.set(member.getKey(), cut(member.getValue())));
    return some;
  }

  /** The beginning of a text, and a sign that there was more. */
  static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
