package dev.asterism.attestation.gcp;

import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.attestation.tpm.AkTrust;
import dev.asterism.attestation.tpm.AkTrustConfig;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How the key of a shielded instance is believed: by {@code akTrust}, and where that wants a
 * certificate, by the instance that Google names in it ({@code gcpInstance}).
 */
final class GcpTrust {
  private static final String MEMBER = "gcpInstance";
  private static final Set<String> MEMBERS = Set.of("project", "zone", "instanceId");

  private GcpTrust() {}

  static AkBinding parse(ObjectNode attestationConfig) throws MalformedException {
    AkTrust trust = AkTrustConfig.parse(attestationConfig);
    if (trust instanceof AkTrust.Certified certified) {
      return new GcpAkBinding(certified.trusted(), wanted(attestationConfig));
    }
    if (attestationConfig.hasNonNull(MEMBER)) {
      throw new MalformedException(MEMBER, "has no meaning where akTrust wants no certificate");
    }
    return trust;
  }

  private static GcpAkBinding.Wanted wanted(ObjectNode config) throws MalformedException {
    if (!config.hasNonNull(MEMBER)) {
      return GcpAkBinding.Wanted.ANY;
    }
    ObjectNode node = Json.child(config, MEMBER);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      if (!MEMBERS.contains(member.getKey())) {
        throw new MalformedException(MEMBER, "has a member that is none of " + MEMBERS);
      }
    }
    return new GcpAkBinding.Wanted(
        Json.optionalString(node, "project"),
        Json.optionalString(node, "zone"),
        Json.optionalString(node, "instanceId"));
  }
}
