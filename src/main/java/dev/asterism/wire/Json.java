package dev.asterism.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON that a stranger sent: bounded in size, depth and number length, no duplicate members,
 * nothing after the value. Errors name the place, never the content.
 */
public final class Json {
  /**
   * The longest document accepted, in bytes: the largest real one (a TDX bundle) is below 1 MiB.
   */
  public static final int MAX_BYTES = 4 * 1024 * 1024;

  private static final int MAX_DEPTH = 32;

  /** A tree costs a hundred times its text; the largest real document has a few thousand. */
  private static final int MAX_TOKENS = 50_000;

  private static final JsonFactory STRICT =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxTokenCount(MAX_TOKENS)
                  .maxDocumentLength(MAX_BYTES)
                  .maxStringLength(MAX_BYTES)
                  .maxNameLength(1024)
                  .maxNumberLength(64)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** Set up where something is written: many a verb only reads. */
  private static final class Writers {
    private static final ObjectWriter LINE = JsonMapper.builder().build().writer();
    private static final ObjectWriter PRETTY = LINE.with(SerializationFeature.INDENT_OUTPUT);
  }

  private Json() {}

  /** Parses one JSON object. */
  public static ObjectNode object(String what, Bytes utf8) throws MalformedException {
    if (value(what, utf8) instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedException(what, "is not a JSON object");
  }

  /** Parses one JSON value of any kind. */
  public static JsonNode value(String what, Bytes utf8) throws MalformedException {
    if (utf8.length() > MAX_BYTES) {
      throw new MalformedException(what, "is larger than " + MAX_BYTES + " bytes");
    }
    try (JsonParser parser = STRICT.createParser(ObjectReadContext.empty(), utf8.toArray())) {
      JsonNode value = JsonTree.read(parser);
      if (value == null) {
        throw new MalformedException(what, "is empty");
      }
      return value;
    } catch (JacksonException e) {
      var place = e.getLocation();
      String where =
          place == null
              ? ""
              : " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
      throw new MalformedException(what, "is not well-formed JSON" + where);
    }
  }

  public static ObjectNode object(String what, String text) throws MalformedException {
    return object(what, Bytes.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  public static ObjectNode newObject() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** One line, members in the order they were put. */
  public static String line(JsonNode node) {
    return Writers.LINE.writeValueAsString(node);
  }

  /** Indented, for files that people read. */
  public static String pretty(JsonNode node) {
    return Writers.PRETTY.writeValueAsString(node) + "\n";
  }

  /** The member as a string; absent or null is an error. */
  public static String string(ObjectNode node, String member) throws MalformedException {
    String value = optionalString(node, member);
    if (value == null) {
      throw new MalformedException(member, "is missing");
    }
    return value;
  }

  /** The member as a string, or null where it is absent or null. */
  public static @Nullable String optionalString(ObjectNode node, String member)
      throws MalformedException {
    JsonNode value = node.get(member);
    if (value == null || value.isNull()) {
      return null;
    }
    if (!value.isString()) {
      throw new MalformedException(member, "is not a string");
    }
    return value.stringValue();
  }

  /** The member as an object; absent or null is an error. */
  public static ObjectNode child(ObjectNode node, String member) throws MalformedException {
    JsonNode value = node.get(member);
    if (value instanceof ObjectNode object) {
      return object;
    }
    throw new MalformedException(member, value == null ? "is missing" : "is not an object");
  }

  /** The member, standard base64, as bytes; absent or null is an error. */
  public static Bytes base64(ObjectNode node, String member) throws MalformedException {
    return Bytes.ofBase64(member, string(node, member));
  }
}
