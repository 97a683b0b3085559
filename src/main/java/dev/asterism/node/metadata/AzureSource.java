package dev.asterism.node.metadata;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Azure's IMDS: tags, and user data where a tag is missing. */
public final class AzureSource implements Source {
  /** The version has user data and tags as a list. */
  private static final String INSTANCE = "/metadata/instance?api-version=2021-02-01";

  private static final Pattern GROUP = Pattern.compile("(?i)(/resourceGroups/)([^/]+)");

  private final Host host;

  AzureSource(Host host) {
    this.host = host;
  }

  @Override
  public Words look() throws IOException {
    Bytes body =
        host.look()
            .get(INSTANCE, Map.of("Metadata", "true"))
            .orElseThrow(() ->
                new IOException(
                    host.place(INSTANCE)
                        + " does not exist; check --cloud-provider and --metadata-url"));
    Map<Field, String> said = host.parse(INSTANCE, body, AzureSource::read);
    return field -> Optional.ofNullable(said.get(field));
  }

  @Override
  public String place(Field field) {
    return switch (field) {
      case NAME -> host.place(INSTANCE) + ": compute.osProfile.computerName";
      case PROVIDER_ID -> host.place(INSTANCE) + ": compute.resourceId";
      case IP -> host.place(INSTANCE) + ": network.interface[0]";
      case ROLE, API_SERVER, JOIN_ENDPOINTS, INIT_SECRET_HASH ->
          "Azure virtual machine tag " + field.key();
    };
  }

  @Override
  public String remedy(Field field) {
    return Settings.remedy(
        field, " (in scale sets on the instances), or put it into the user data, a JSON object");
  }

  /** What an instance's document says. */
  static Map<Field, String> read(Bytes document) throws MalformedException {
    ObjectNode root = Json.object("instance", document);
    ObjectNode compute = Json.child(root, "compute");
    var said = new EnumMap<Field, String>(Field.class);
    String userData = Json.optionalString(compute, "userData");
    if (userData != null) {
      said.putAll(Settings.ofUserData(Bytes.ofBase64("compute.userData", userData)));
    }
    tags(compute, said);
    Settings.put(said, Field.NAME, name(compute));
    String id = Json.optionalString(compute, "resourceId");
    Settings.put(said, Field.PROVIDER_ID, id == null ? null : providerId(id));
    Settings.put(said, Field.IP, address(root));
    return said;
  }

  /** The host name, which Azure's cloud controller looks for; old machines have none there. */
  private static @Nullable String name(ObjectNode compute) throws MalformedException {
    if (compute.get("osProfile") instanceof ObjectNode profile) {
      String name = Json.optionalString(profile, "computerName");
      if (name != null && !name.isBlank()) {
        return name;
      }
    }
    return Json.optionalString(compute, "name");
  }

  /** As Azure's cloud controller spells it: with the resource group in lower case. */
  private static String providerId(String resourceId) {
    return "azure://"
        + GROUP
            .matcher(resourceId)
            .replaceFirst(match ->
                java.util.regex.Matcher.quoteReplacement(
                    match.group(1) + match.group(2).toLowerCase(Locale.ROOT)));
  }

  private static void tags(ObjectNode compute, Map<Field, String> said) throws MalformedException {
    JsonNode list = compute.get("tagsList");
    if (list == null || list.isNull()) {
      return;
    }
    if (!(list instanceof ArrayNode tags)) {
      throw new MalformedException("compute.tagsList", "is not a list");
    }
    for (JsonNode item : tags) {
      if (!(item instanceof ObjectNode tag)) {
        throw new MalformedException("compute.tagsList", "holds something else than objects");
      }
      String name = Json.string(tag, "name");
      for (Field field : Field.values()) {
        // Names of tags have no case.
        if (name.equalsIgnoreCase(field.key())) {
          Settings.put(said, field, Json.optionalString(tag, "value"));
        }
      }
    }
  }

  private static @Nullable String address(ObjectNode root) throws MalformedException {
    if (!(root.get("network") instanceof ObjectNode network)
        || !(network.get("interface") instanceof ArrayNode interfaces)
        || !(interfaces.get(0) instanceof ObjectNode first)) {
      return null;
    }
    String ipv4 = address(first, "ipv4");
    return ipv4 == null ? address(first, "ipv6") : ipv4;
  }

  private static @Nullable String address(ObjectNode card, String family)
      throws MalformedException {
    return card.get(family) instanceof ObjectNode protocol
            && protocol.get("ipAddress") instanceof ArrayNode addresses
            && addresses.get(0) instanceof ObjectNode address
        ? Json.optionalString(address, "privateIpAddress")
        : null;
  }
}
