package dev.asterism.attestation.snp;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the guest says of itself: {@code {"clusterId": hex or null, "bootId": hex}}. Worth as much
 * as the software that was measured: no hardware register holds it.
 *
 * @param clusterId 32 bytes; null before the node has joined
 * @param bootId random at each start of the kernel, 16 bytes
 */
record SnpClaims(@Nullable Bytes clusterId, Bytes bootId) {
  static final int CLUSTER_ID = 32;
  static final int BOOT_ID = 16;
  private static final Digests HASH = Digests.SHA384;

  static SnpClaims parse(Bytes json) throws MalformedException {
    ObjectNode root = Json.object("Claims", json);
    if (!root.has("clusterId")) {
      throw new MalformedException("clusterId", "is missing");
    }
    String cluster = Json.optionalString(root, "clusterId");
    return new SnpClaims(
        cluster == null ? null : hex("clusterId", cluster, CLUSTER_ID),
        hex("bootId", Json.string(root, "bootId"), BOOT_ID));
  }

  Bytes encode() {
    ObjectNode root = Json.newObject();
    root.put("clusterId", clusterId == null ? null : clusterId.hex());
    root.put("bootId", bootId.hex());
    return Bytes.ofUtf8(Json.line(root));
  }

  /** As a cluster-ID register would hold it: zero, or extended once. */
  Bytes register() {
    return clusterId == null
        ? Bytes.zeros(HASH.length())
        : ClusterRegister.extended(HASH, Bytes.zeros(HASH.length()), clusterId);
  }

  private static Bytes hex(String field, String text, int length) throws MalformedException {
    Bytes value = Bytes.ofHex(field, text);
    if (value.length() != length) {
      throw new MalformedException(field, "must have " + length + " bytes");
    }
    return value;
  }
}
