package dev.asterism.node.metadata;

import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The metadata service of a QEMU cluster's host (wire contract, section 7): {@code /self}, {@code
 * /peers}, {@code /endpoint}, {@code /initsecrethash}.
 */
public final class QemuSource implements Source {
  private static final String SELF = "/self";
  private static final String PEERS = "/peers";
  private static final String ENDPOINT = "/endpoint";
  private static final String HASH = "/initsecrethash";
  private static final int JOIN_PORT = 30090;
  private static final int API_PORT = 6443;

  private final Host host;

  QemuSource(Host host) {
    this.host = host;
  }

  @Override
  public Words look() {
    return new Look(host.look());
  }

  @Override
  public String place(Field field) {
    return switch (field) {
      case NAME -> host.place(SELF) + ": Name";
      case ROLE -> host.place(SELF) + ": Role";
      case IP -> host.place(SELF) + ": VPCIP";
      case PROVIDER_ID -> host.place(SELF) + ": ProviderID";
      case API_SERVER -> host.place(ENDPOINT);
      case JOIN_ENDPOINTS -> host.place(PEERS);
      case INIT_SECRET_HASH -> host.place(HASH);
    };
  }

  @Override
  public String remedy(Field field) {
    return "";
  }

  private final class Look implements Words {
    private final Host.Look look;
    private @Nullable Map<Field, String> self;

    Look(Host.Look look) {
      this.look = look;
    }

    @Override
    public Optional<String> of(Field field) throws IOException {
      return switch (field) {
        case NAME, ROLE, IP, PROVIDER_ID -> Optional.ofNullable(self().get(field));
        case API_SERVER -> loadBalancer(API_PORT);
        case JOIN_ENDPOINTS -> Optional.of(String.join(",", joinEndpoints()));
        case INIT_SECRET_HASH -> Optional.of(ask(HASH, Host::utf8));
      };
    }

    private Map<Field, String> self() throws IOException {
      Map<Field, String> known = self;
      if (known == null) {
        known = ask(SELF, QemuSource::self);
        self = known;
      }
      return known;
    }

    private Optional<String> loadBalancer(int port) throws IOException {
      return ask(ENDPOINT, body -> endpoint(body, port));
    }

    private List<String> joinEndpoints() throws IOException {
      var endpoints = new ArrayList<String>();
      loadBalancer(JOIN_PORT).ifPresent(endpoints::add);
      endpoints.addAll(ask(PEERS, QemuSource::controlPlanes));
      return endpoints;
    }

    private <T> T ask(String path, Host.Parser<T> parser) throws IOException {
      Bytes body =
          look.get(path, Map.of())
              .orElseThrow(() ->
                  new IOException(
                      host.place(path)
                          + " does not exist; check --cloud-provider and --metadata-url"));
      return host.parse(path, body, parser);
    }
  }

  static Map<Field, String> self(Bytes body) throws MalformedException {
    var node = Json.object(SELF, body);
    var said = new EnumMap<Field, String>(Field.class);
    Settings.put(said, Field.NAME, Json.optionalString(node, "Name"));
    Settings.put(said, Field.ROLE, Json.optionalString(node, "Role"));
    Settings.put(said, Field.IP, Json.optionalString(node, "VPCIP"));
    Settings.put(said, Field.PROVIDER_ID, Json.optionalString(node, "ProviderID"));
    return said;
  }

  /** The load balancer's {@code host:port}, whatever port it names; empty where there is none. */
  static Optional<String> endpoint(Bytes body, int port) throws MalformedException {
    JsonNode value = Json.value(ENDPOINT, body);
    if (!value.isString()) {
      throw new MalformedException(ENDPOINT, "is not a JSON string");
    }
    String host = value.stringValue().strip();
    return host.isEmpty()
        ? Optional.empty()
        : Optional.of(InstanceNames.withPort(ENDPOINT, host, port));
  }

  static List<String> controlPlanes(Bytes body) throws MalformedException {
    if (!(Json.value(PEERS, body) instanceof ArrayNode peers)) {
      throw new MalformedException(PEERS, "is not a list");
    }
    var endpoints = new ArrayList<String>();
    for (JsonNode item : peers) {
      if (!(item instanceof ObjectNode peer)) {
        throw new MalformedException(PEERS, "holds something else than objects");
      }
      if (role(peer) == Role.CONTROL_PLANE) {
        String address = InstanceNames.address("VPCIP", Json.string(peer, "VPCIP"));
        endpoints.add(InstanceNames.withPort("VPCIP", address, JOIN_PORT));
      }
    }
    return endpoints;
  }

  private static Role role(ObjectNode node) throws MalformedException {
    return Role.parse(Json.string(node, "Role"))
        .orElseThrow(() -> new MalformedException("Role", "is neither ControlPlane nor Worker"));
  }
}
