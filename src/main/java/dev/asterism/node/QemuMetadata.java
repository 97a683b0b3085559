package dev.asterism.node;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The metadata service of a QEMU cluster's host (wire contract, section 7): {@code /self}, {@code
 * /peers}, {@code /endpoint}, {@code /initsecrethash}. Whatever it says is the host's word.
 */
public final class QemuMetadata implements Metadata {
  private static final int JOIN_PORT = 30090;
  private static final int API_PORT = 6443;

  private final MetadataHttp http;

  /**
   * @param base scheme, host and port
   */
  public QemuMetadata(URI base) {
    this(new MetadataHttp(base));
  }

  QemuMetadata(MetadataHttp http) {
    this.http = http;
  }

  @Override
  public Instance self() throws IOException {
    return ask("/self", QemuMetadata::instance);
  }

  @Override
  public List<String> joinEndpoints() throws IOException {
    var endpoints = new ArrayList<String>();
    loadBalancer(JOIN_PORT).ifPresent(endpoints::add);
    for (String peer : ask("/peers", QemuMetadata::controlPlanes)) {
      if (!endpoints.contains(peer)) {
        endpoints.add(peer);
      }
    }
    return List.copyOf(endpoints);
  }

  @Override
  public String apiServerEndpoint() throws IOException {
    return loadBalancer(API_PORT)
        .orElseThrow(() -> new IOException(http.describe("/endpoint") + ": is empty"));
  }

  @Override
  public Optional<String> initSecretHash() throws IOException {
    return ask(
        "/initsecrethash",
        body ->
            Optional.of(new String(body.toArray(), StandardCharsets.UTF_8).strip())
                .filter(hash -> !hash.isEmpty()));
  }

  private Optional<String> loadBalancer(int port) throws IOException {
    return ask("/endpoint", body -> endpoint(body, port));
  }

  static Instance instance(Bytes self) throws MalformedException {
    var node = Json.object("/self", self);
    return new Instance(
        InstanceNames.node("Name", Json.string(node, "Name")),
        Optional.ofNullable(Json.optionalString(node, "ProviderID")).orElse(""),
        role(node),
        InstanceNames.address("VPCIP", Json.string(node, "VPCIP")));
  }

  /** The load balancer's {@code host:port}; empty where there is none. */
  static Optional<String> endpoint(Bytes body, int port) throws MalformedException {
    JsonNode value = Json.value("/endpoint", body);
    if (!value.isString()) {
      throw new MalformedException("/endpoint", "is not a JSON string");
    }
    String host = value.stringValue().strip();
    return host.isEmpty()
        ? Optional.empty()
        : Optional.of(InstanceNames.withPort("/endpoint", host, port));
  }

  static List<String> controlPlanes(Bytes body) throws MalformedException {
    if (!(Json.value("/peers", body) instanceof ArrayNode peers)) {
      throw new MalformedException("/peers", "is not a list");
    }
    var endpoints = new ArrayList<String>();
    for (JsonNode item : peers) {
      if (!(item instanceof ObjectNode peer)) {
        throw new MalformedException("/peers", "holds something else than objects");
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

  private <T> T ask(String path, Parser<T> parser) throws IOException {
    Bytes body = http.get(path);
    try {
      return parser.parse(body);
    } catch (MalformedException e) {
      throw new IOException(http.describe(path) + ": " + e.getMessage(), e);
    }
  }

  private interface Parser<T> {
    T parse(Bytes body) throws MalformedException;
  }
}
