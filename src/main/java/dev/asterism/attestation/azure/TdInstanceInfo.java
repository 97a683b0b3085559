package dev.asterism.attestation.azure;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The instance info of {@code azure-tdx} (wire contract, section 4), parsed, not verified.
 *
 * @param attestationReport a TD quote
 * @param runtimeData the paravisor's claims, the bytes that the quote vouches for
 */
record TdInstanceInfo(Bytes attestationReport, Bytes runtimeData) {
  private static final String WHAT = "InstanceInfo";

  static TdInstanceInfo parse(@Nullable Bytes json) throws MalformedException {
    if (json == null) {
      throw new MalformedException(WHAT, "is missing");
    }
    ObjectNode node = Json.object(WHAT, json);
    return new TdInstanceInfo(
        Json.base64(node, "AttestationReport"), Json.base64(node, "RuntimeData"));
  }

  Bytes write() {
    ObjectNode node = Json.newObject();
    node.put("AttestationReport", attestationReport.base64());
    node.put("RuntimeData", runtimeData.base64());
    return Bytes.ofUtf8(Json.line(node));
  }
}
