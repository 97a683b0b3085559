package dev.asterism.attestation.azure;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The instance info of {@code azure-trustedlaunch} (wire contract, section 4), parsed, not
 * verified.
 *
 * @param akCert DER
 * @param ca its issuer's, DER
 */
record CertifiedInfo(Bytes akCert, Bytes ca) {
  private static final String WHAT = "InstanceInfo";

  static CertifiedInfo parse(@Nullable Bytes json) throws MalformedException {
    if (json == null) {
      throw new MalformedException(WHAT, "is missing");
    }
    ObjectNode node = Json.object(WHAT, json);
    return new CertifiedInfo(Json.base64(node, "AkCert"), Json.base64(node, "CA"));
  }

  Bytes write() {
    ObjectNode node = Json.newObject();
    return Bytes.ofUtf8(Json.line(node.put("AkCert", akCert.base64()).put("CA", ca.base64())));
  }
}
