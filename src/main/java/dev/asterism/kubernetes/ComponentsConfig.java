package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The ConfigMap that lists what nodes install (wire contract, sections 1 and 7). */
public final class ComponentsConfig {
  private static final String NAME_PREFIX = "k8s-components-sha256-";
  private static final String COMPONENTS = "components";
  private static final String CLUSTER_VERSION = "cluster-version";

  /** A cluster has about ten. */
  private static final int MAX_COMPONENTS = 256;

  private ComponentsConfig() {}

  /** The ConfigMap's name: the hash over the components' hash strings, one after the other. */
  public static String reference(List<Component> components) {
    Bytes[] hashes = components.stream().map(c -> Bytes.ofUtf8(c.hash())).toArray(Bytes[]::new);
    return NAME_PREFIX + Digests.SHA256.of(hashes).hex();
  }

  /** The ConfigMap, immutable, in {@code kube-system}. */
  public static ObjectNode toConfigMap(Components components) {
    ObjectNode map = Json.newObject();
    map.put("apiVersion", "v1").put("kind", "ConfigMap").put("immutable", true);
    map.putObject("metadata").put("name", components.reference()).put("namespace", "kube-system");
    map.putObject("data")
        .put(COMPONENTS, Json.line(toJson(components.list())))
        .put(CLUSTER_VERSION, components.clusterVersion());
    return map;
  }

  /**
   * @throws MalformedException if it lists no components; a missing cluster version reads as empty
   */
  public static Components fromConfigMap(ObjectNode map) throws MalformedException {
    ObjectNode data = Json.child(map, "data");
    String version = Json.optionalString(data, CLUSTER_VERSION);
    return new Components(
        Json.string(Json.child(map, "metadata"), "name"),
        version == null ? "" : version,
        parse(Json.value(COMPONENTS, Bytes.ofUtf8(Json.string(data, COMPONENTS)))));
  }

  static ArrayNode toJson(List<Component> components) {
    ArrayNode list = Json.newObject().putArray(COMPONENTS);
    for (Component component : components) {
      ObjectNode item = list.addObject();
      putUnlessEmpty(item, "url", component.url());
      putUnlessEmpty(item, "hash", component.hash());
      putUnlessEmpty(item, "install_path", component.installPath());
      if (component.extract()) {
        item.put("extract", true);
      }
    }
    return list;
  }

  /** Reads also the member names that older clusters wrote. */
  static List<Component> parse(JsonNode list) throws MalformedException {
    if (!list.isArray()) {
      throw new MalformedException(COMPONENTS, "is not a JSON array");
    }
    if (list.size() > MAX_COMPONENTS) {
      throw new MalformedException(COMPONENTS, "lists more than " + MAX_COMPONENTS);
    }
    var components = new ArrayList<Component>();
    for (JsonNode item : list) {
      if (!(item instanceof ObjectNode object)) {
        throw new MalformedException(COMPONENTS, "holds something that is no object");
      }
      components.add(
          new Component(
              text(object, "url", "URL"),
              text(object, "hash", "Hash"),
              text(object, "install_path", "InstallPath"),
              flag(object, "extract", "Extract")));
    }
    return List.copyOf(components);
  }

  private static void putUnlessEmpty(ObjectNode item, String member, String value) {
    if (!value.isEmpty()) {
      item.put(member, value);
    }
  }

  private static String text(ObjectNode item, String member, String legacy)
      throws MalformedException {
    String value = Json.optionalString(item, member);
    if (value == null) {
      value = Json.optionalString(item, legacy);
    }
    return value == null ? "" : value;
  }

  private static boolean flag(ObjectNode item, String member, String legacy)
      throws MalformedException {
    @Nullable JsonNode value = item.get(member);
    if (value == null) {
      value = item.get(legacy);
    }
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new MalformedException(member, "is not true or false");
    }
    return value.booleanValue();
  }
}
