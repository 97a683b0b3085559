package dev.asterism.admin;

import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the person at the shell says about a bundle; where it is null, the manifest's word counts.
 *
 * @param config an attestation config
 * @param at the time to verify at
 */
public record OwnRuling(
    @Nullable ObjectNode config,
    @Nullable Variant variant,
    @Nullable Bytes nonce,
    @Nullable Instant at) {

  /** The manifest alone decides. */
  public static final OwnRuling NONE = new OwnRuling(null, null, null, null);

  /**
   * The config, changed so that its cluster-ID register must hold what a member's does.
   *
   * @param policy what {@code config} says
   * @param clusterId 32 bytes
   */
  public static ObjectNode ofMember(ObjectNode config, Policy policy, Bytes clusterId) {
    return effective(config, policy.memberOf(clusterId));
  }

  /** The config with the measurements that {@code policy} really compares. */
  static ObjectNode effective(ObjectNode config, Policy policy) {
    ObjectNode changed = config.deepCopy();
    changed.set("measurements", policy.measurements().toJson());
    return changed;
  }

  Bundle.Ruling forKind() {
    return new Bundle.Ruling(config, variant, nonce);
  }

  /** What the manifest's maker still decides, for people; empty where nothing is left to him. */
  List<String> leftToTheManifest() {
    var left = new ArrayList<String>();
    if (config == null) {
      left.add("policy");
    }
    if (nonce == null) {
      left.add("nonce");
    }
    if (at == null) {
      left.add("time");
    }
    return left;
  }
}
