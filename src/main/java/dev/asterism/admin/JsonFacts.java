package dev.asterism.admin;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.wire.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as label and value pairs, one for each leaf: {@code inputs.config.measurements.4.expected}.
 */
final class JsonFacts {
  private static final int LONGEST = 160;
  private static final int SHOWN = 64;

  private JsonFacts() {}

  static void flatten(String label, JsonNode value, List<Fact> facts) {
    switch (value) {
      case ObjectNode object ->
          object.properties().forEach(e -> flatten(label + "." + e.getKey(), e.getValue(), facts));
      case ArrayNode array when holdsContainers(array) -> {
        for (int i = 0; i < array.size(); i++) {
          flatten(label + "[" + i + "]", array.get(i), facts);
        }
      }
      default ->
          facts.add(
              new Fact(label, brief(value.isString() ? value.stringValue() : Json.line(value))));
    }
  }

  private static boolean holdsContainers(ArrayNode array) {
    return array.valueStream().anyMatch(JsonNode::isContainer);
  }

  private static String brief(String value) {
    return value.length() <= LONGEST
        ? value
        : value.substring(0, SHOWN) + "… (" + value.length() + " characters)";
  }
}
