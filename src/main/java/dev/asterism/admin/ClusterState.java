package dev.asterism.admin;

import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the admin knows of the cluster, {@code asterism-state.json}: nothing secret.
 *
 * @param measurementSalt 32 bytes; written before the first call, so that a lost answer can be
 *     asked for again
 * @param clusterId 32 bytes, null until a node has initialised
 */
public record ClusterState(
    String clusterName,
    Variant variant,
    String endpoint,
    Bytes measurementSalt,
    @Nullable Bytes clusterId) {
  private static final int FORMAT = 1;
  private static final int LENGTH = 32;

  ClusterState initialised(Bytes id) {
    return new ClusterState(clusterName, variant, endpoint, measurementSalt, id);
  }

  /** {@code {"format", "clusterName", "attestationVariant", "initEndpoint", …}}. */
  public ObjectNode toJson() {
    ObjectNode node = Json.newObject();
    node.put("format", FORMAT);
    node.put("clusterName", clusterName);
    node.put("attestationVariant", variant.id());
    node.put("initEndpoint", endpoint);
    node.put("measurementSalt", measurementSalt.hex());
    if (clusterId != null) {
      node.put("clusterId", clusterId.hex());
    }
    return node;
  }

  String text() {
    return Json.pretty(toJson());
  }

  static ClusterState parse(String what, Bytes content) throws MalformedException {
    ObjectNode node = Json.object(what, content);
    if (!node.path("format").isInt() || node.path("format").intValue() != FORMAT) {
      throw new MalformedException(what, "is not a state file of format " + FORMAT);
    }
    String variant = Json.string(node, "attestationVariant");
    String clusterId = Json.optionalString(node, "clusterId");
    return new ClusterState(
        Json.string(node, "clusterName"),
        Variant.byId(variant)
            .orElseThrow(() -> new MalformedException("attestationVariant", "is unknown")),
        Json.string(node, "initEndpoint"),
        bytes("measurementSalt", Json.string(node, "measurementSalt")),
        clusterId == null ? null : bytes("clusterId", clusterId));
  }

  private static Bytes bytes(String member, String hex) throws MalformedException {
    Bytes value = Bytes.ofHex(member, hex);
    if (value.length() != LENGTH) {
      throw new MalformedException(member, "has not " + LENGTH + " bytes");
    }
    return value;
  }
}
