package dev.asterism.node.metadata;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON file, read anew at each look: {@code {"name", "providerId"?, "role", "ip",
 * "joinEndpoints": ["host:port", …]?, "apiServerEndpoint", "initSecretHash"?}}.
 */
public final class FileSource implements Source {
  private static final int MAX_BYTES = 1024 * 1024;

  private final Path file;

  public FileSource(Path file) {
    this.file = file;
  }

  private static String member(Field field) {
    return switch (field) {
      case NAME -> "name";
      case ROLE -> "role";
      case IP -> "ip";
      case PROVIDER_ID -> "providerId";
      case API_SERVER -> "apiServerEndpoint";
      case JOIN_ENDPOINTS -> "joinEndpoints";
      case INIT_SECRET_HASH -> "initSecretHash";
    };
  }

  @Override
  public Words look() throws IOException {
    try {
      Map<Field, String> said = read(Json.object("metadata", AtomicFile.read(file, MAX_BYTES)));
      return field -> Optional.ofNullable(said.get(field));
    } catch (NoSuchFileException e) {
      throw new IOException("there is no metadata file " + file, e);
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public String place(Field field) {
    return file + ": " + member(field);
  }

  @Override
  public String remedy(Field field) {
    return "";
  }

  private static Map<Field, String> read(ObjectNode node) throws MalformedException {
    var said = new EnumMap<Field, String>(Field.class);
    var unknown = new ArrayList<>(node.propertyNames());
    for (Field field : Field.values()) {
      String member = member(field);
      unknown.remove(member);
      if (field != Field.JOIN_ENDPOINTS) {
        Settings.put(said, field, Json.optionalString(node, member));
      } else if (node.get(member) != null && !node.get(member).isNull()) {
        said.put(field, endpoints(member, node.get(member)));
      }
    }
    if (!unknown.isEmpty()) {
      throw new MalformedException(unknown.getFirst(), "is not a member of a metadata file");
    }
    return said;
  }

  private static String endpoints(String member, JsonNode value) throws MalformedException {
    if (!(value instanceof ArrayNode array)) {
      throw new MalformedException(member, "is not a list");
    }
    var endpoints = new ArrayList<String>();
    for (JsonNode item : array) {
      if (!item.isString()) {
        throw new MalformedException(member + "[" + endpoints.size() + "]", "is not a string");
      }
      endpoints.add(item.stringValue());
    }
    return String.join(",", endpoints);
  }
}
