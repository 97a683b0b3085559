package dev.asterism.admin;

import dev.asterism.kubernetes.Component;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A file that lists what every node installs: {@code {"components": [{"url", "hash",
 * "install_path", "extract"}, …]}}.
 */
public final class ComponentsFile {
  private static final int MOST = 1000;

  private ComponentsFile() {}

  /**
   * @param what the file's name, for messages
   */
  public static List<Component> parse(String what, Bytes content) throws MalformedException {
    JsonNode list = Json.object(what, content).get("components");
    if (list == null || !list.isArray() || list.size() > MOST) {
      throw new MalformedException(what, "has no list of \"components\"");
    }
    var components = new ArrayList<Component>();
    for (JsonNode item : list) {
      if (!(item instanceof ObjectNode component)) {
        throw new MalformedException("components", "holds something that is no component");
      }
      components.add(
          new Component(
              Json.string(component, "url"),
              Json.string(component, "hash"),
              Json.string(component, "install_path"),
              component.path("extract").asBoolean(false)));
    }
    return components;
  }
}
