package dev.asterism.bootstrap;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.AnyOf;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * By which rules a node takes a join-service for one of its cluster's: it runs a good image, and it
 * has joined.
 */
public final class JoinServices {
  private static final int MOST_IMAGES = 16;

  private JoinServices() {}

  /**
   * The rules that the image carries: one attestation config, or a list of them of which one must
   * accept.
   *
   * @param json an object or an array of objects
   * @throws MalformedException naming the config and the member that is wrong
   */
  public static List<Policy> ofImage(Platform platform, Bytes json) throws MalformedException {
    JsonNode value = Json.value("join-services", json);
    List<JsonNode> configs =
        value instanceof ArrayNode array ? List.copyOf(array.values()) : List.of(value);
    if (configs.isEmpty() || configs.size() > MOST_IMAGES) {
      throw new MalformedException(
          "join-services", "must list 1 to " + MOST_IMAGES + " attestation configs");
    }
    var policies = new ArrayList<Policy>();
    for (JsonNode config : configs) {
      policies.add(policy(platform, "join-services[" + policies.size() + "]", config));
    }
    return policies;
  }

  private static Policy policy(Platform platform, String where, JsonNode config)
      throws MalformedException {
    if (!(config instanceof ObjectNode object)) {
      throw new MalformedException(where, "is not an attestation config");
    }
    try {
      String variant = Json.optionalString(object, "variant");
      if (variant != null && !Variant.byId(variant).equals(Optional.of(platform.variant()))) {
        throw new MalformedException(
            "variant", "is not " + platform.variant().id() + ", as this node's is");
      }
      return platform.policy(object);
    } catch (MalformedException e) {
      throw new MalformedException(where, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The rules where the image carries none: what this node runs is good.
   *
   * @param own this machine's measurements, as it booted
   */
  public static List<Policy> likeThisNode(Platform platform, Measurements own)
      throws MalformedException {
    ObjectNode config = Json.newObject().put("variant", platform.variant().id());
    config.set("measurements", own.toJson());
    return List.of(platform.policy(config));
  }

  /**
   * @param policies one of them must accept; whatever they say of the cluster-ID register, it must
   *     be set
   */
  public static PeerVerification verification(List<Policy> policies, InstantSource clock) {
    List<Verifier> verifiers =
        policies.stream().map(policy -> policy.bootstrapped().verifier()).toList();
    var any = new Versioned<Verifier>(new AnyOf(verifiers), 1);
    return new PeerVerification(() -> any, clock, new JoinServiceLog());
  }
}
