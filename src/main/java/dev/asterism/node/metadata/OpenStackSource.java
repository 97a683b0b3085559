package dev.asterism.node.metadata;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Nova's metadata service: server metadata, and user data where an item is missing. */
public final class OpenStackSource implements Source {
  private static final String DATA = "/openstack/latest/meta_data.json";
  private static final String USER_DATA = "/openstack/latest/user_data";

  /** Of the API that is like EC2's: Nova's own says addresses only where there is no DHCP. */
  private static final String IPV4 = "/latest/meta-data/local-ipv4";

  private final Host host;

  OpenStackSource(Host host) {
    this.host = host;
  }

  @Override
  public Words look() throws IOException {
    Host.Look look = host.look();
    Bytes body =
        look.get(DATA, Map.of())
            .orElseThrow(() ->
                new IOException(
                    host.place(DATA)
                        + " does not exist; check --cloud-provider and --metadata-url"));
    Map<Field, String> said = host.parse(DATA, body, OpenStackSource::read);
    return field -> {
      String text = said.get(field);
      if (text != null) {
        return Optional.of(text);
      }
      if (field == Field.IP) {
        return look.text(IPV4, look.ask("GET", IPV4, Map.of()));
      }
      return field.key() == null ? Optional.empty() : inUserData(look, field);
    };
  }

  private Optional<String> inUserData(Host.Look look, Field field) throws IOException {
    Optional<Bytes> body = look.get(USER_DATA, Map.of());
    return body.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(host.parse(USER_DATA, body.get(), Settings::ofUserData).get(field));
  }

  @Override
  public String place(Field field) {
    return switch (field) {
      case NAME -> host.place(DATA) + ": name";
      case PROVIDER_ID -> host.place(DATA) + ": uuid";
      case IP -> host.place(IPV4);
      case ROLE, API_SERVER, JOIN_ENDPOINTS, INIT_SECRET_HASH ->
          "OpenStack server metadata item " + field.key();
    };
  }

  @Override
  public String remedy(Field field) {
    return Settings.remedy(
        field, " (openstack server set --property), or put it into the user data, a JSON object");
  }

  /** What a server's document says. */
  static Map<Field, String> read(Bytes document) throws MalformedException {
    ObjectNode root = Json.object("meta_data.json", document);
    var said = new EnumMap<Field, String>(Field.class);
    JsonNode meta = root.get("meta");
    if (meta instanceof ObjectNode items) {
      said.putAll(Settings.of(items));
    } else if (meta != null && !meta.isNull()) {
      throw new MalformedException("meta", "is not an object");
    }
    Settings.put(said, Field.NAME, Json.optionalString(root, "name"));
    String uuid = Json.optionalString(root, "uuid");
    Settings.put(said, Field.PROVIDER_ID, uuid == null ? null : "openstack:///" + uuid);
    return said;
  }
}
