package dev.asterism.node.metadata;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What an operator has put into tags, attributes or user data, by {@link Field#key}. */
final class Settings {
  private Settings() {}

  /** How they are said for people: {@code set it to …}. */
  static String remedy(Field field, String where) {
    return field.key() == null ? "" : "set it to " + field.form() + where;
  }

  /** Of an object whose other members are somebody else's. */
  static Map<Field, String> of(ObjectNode node) throws MalformedException {
    var settings = new EnumMap<Field, String>(Field.class);
    for (Field field : Field.values()) {
      String key = field.key();
      if (key != null) {
        put(settings, field, Json.optionalString(node, key));
      }
    }
    return settings;
  }

  /** An empty text is as good as none. */
  static void put(Map<Field, String> settings, Field field, @Nullable String text) {
    if (text != null && !text.isBlank()) {
      settings.put(field, text);
    }
  }

  /**
   * User data: a JSON object. Anything else, such as a cloud-config or a script, is somebody
   * else's.
   */
  static Map<Field, String> ofUserData(Bytes userData) throws MalformedException {
    for (int i = 0; i < userData.length(); i++) {
      int b = userData.at(i);
      if (b == '{') {
        return of(Json.object("user data", userData));
      }
      if (b != ' ' && b != '\t' && b != '\r' && b != '\n') {
        break;
      }
    }
    return Map.of();
  }
}
