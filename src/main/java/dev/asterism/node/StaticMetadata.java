package dev.asterism.node;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Metadata from a JSON file, read anew at every call: {@code {"name", "providerId"?, "role", "ip",
 * "joinEndpoints": ["host:port", …]?, "apiServerEndpoint", "initSecretHash"?}}.
 */
public final class StaticMetadata implements Metadata {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final Set<String> MEMBERS =
      Set.of(
          "name",
          "providerId",
          "role",
          "ip",
          "joinEndpoints",
          "apiServerEndpoint",
          "initSecretHash");

  private final Path file;

  public StaticMetadata(Path file) {
    this.file = file;
  }

  @Override
  public Instance self() throws IOException {
    return read(node -> {
      String role = Json.string(node, "role");
      return new Instance(
          InstanceNames.node("name", Json.string(node, "name")),
          Optional.ofNullable(Json.optionalString(node, "providerId")).orElse(""),
          Role.parse(role)
              .orElseThrow(() -> new MalformedException("role", "is not control-plane or worker")),
          InstanceNames.address("ip", Json.string(node, "ip")));
    });
  }

  @Override
  public List<String> joinEndpoints() throws IOException {
    return read(StaticMetadata::endpoints);
  }

  @Override
  public String apiServerEndpoint() throws IOException {
    return read(node ->
        InstanceNames.endpoint("apiServerEndpoint", Json.string(node, "apiServerEndpoint")));
  }

  @Override
  public Optional<String> initSecretHash() throws IOException {
    return read(node ->
        Optional.ofNullable(Json.optionalString(node, "initSecretHash"))
            .map(String::strip)
            .filter(hash -> !hash.isEmpty()));
  }

  private static List<String> endpoints(ObjectNode node) throws MalformedException {
    JsonNode value = node.get("joinEndpoints");
    if (value == null || value.isNull()) {
      return List.of();
    }
    if (!(value instanceof ArrayNode array)) {
      throw new MalformedException("joinEndpoints", "is not a list");
    }
    var endpoints = new ArrayList<String>();
    for (JsonNode item : array) {
      String field = "joinEndpoints[" + endpoints.size() + "]";
      if (!item.isString()) {
        throw new MalformedException(field, "is not a string");
      }
      endpoints.add(InstanceNames.endpoint(field, item.stringValue()));
    }
    return List.copyOf(endpoints);
  }

  private <T> T read(Reader<T> reader) throws IOException {
    try {
      var node = Json.object("metadata", AtomicFile.read(file, MAX_BYTES));
      for (String member : node.propertyNames()) {
        if (!MEMBERS.contains(member)) {
          throw new MalformedException(member, "is not a member of a metadata file");
        }
      }
      return reader.read(node);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no metadata file " + file, e);
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private interface Reader<T> {
    T read(ObjectNode node) throws MalformedException;
  }
}
