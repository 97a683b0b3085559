package dev.asterism.attestation.aws;

import dev.asterism.attestation.Bundle;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What the relying party supplies with a bundle that holds a Nitro document. */
final class NitroInputs {
  private static final int SHA384 = 48;

  private NitroInputs() {}

  /**
   * Reads {@code document_nonce} or else {@code nonce}, {@code user_data}, {@code expected_pcrs},
   * {@code allow_debug}.
   *
   * @param ownNonce replaces the manifest's; null where the manifest's counts
   */
  static NitroClaims.Expected of(Bundle bundle, @Nullable Bytes ownNonce)
      throws MalformedException {
    ObjectNode inputs = bundle.inputs();
    Bytes documentNonce = bytes(inputs, "document_nonce");
    Bytes nonce = documentNonce == null ? bytes(inputs, "nonce") : documentNonce;
    return new NitroClaims.Expected(
        ownNonce == null ? nonce : ownNonce,
        bytes(inputs, "user_data"),
        pcrs(inputs),
        allowDebug(inputs));
  }

  private static @Nullable Bytes bytes(ObjectNode inputs, String member) throws MalformedException {
    String hex = Json.optionalString(inputs, member);
    return hex == null ? null : Bytes.ofHex("inputs." + member, hex);
  }

  private static boolean allowDebug(ObjectNode inputs) throws MalformedException {
    JsonNode value = inputs.get("allow_debug");
    if (value == null || value.isNull()) {
      return false;
    }
    if (!value.isBoolean()) {
      throw new MalformedException("inputs.allow_debug", "is not true or false");
    }
    return value.booleanValue();
  }

  private static SortedMap<Integer, Bytes> pcrs(ObjectNode inputs) throws MalformedException {
    SortedMap<Integer, Bytes> pcrs = new TreeMap<>();
    if (!inputs.hasNonNull("expected_pcrs")) {
      return pcrs;
    }
    for (Map.Entry<String, JsonNode> entry : Json.child(inputs, "expected_pcrs").properties()) {
      String where = "inputs.expected_pcrs." + entry.getKey();
      if (!entry.getKey().matches("[0-9]{1,2}") || !entry.getValue().isString()) {
        throw new MalformedException(where, "is not a PCR's index with its value in hex");
      }
      Bytes value = Bytes.ofHex(where, entry.getValue().stringValue());
      if (value.length() != SHA384) {
        throw new MalformedException(where, "must have 48 bytes");
      }
      pcrs.put(Integer.valueOf(entry.getKey()), value);
    }
    return pcrs;
  }
}
