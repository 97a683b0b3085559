package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The document of {@code qemu-tdx} and {@code tdx} (wire contract, sections 4 and 9). Unknown
 * members are skipped.
 *
 * @param eventLog the CCEL; null where there is none, and always in {@code qemu-tdx}
 */
record TdxDocument(Bytes rawQuote, @Nullable Bytes eventLog, Bytes userData) {
  private static final String WHAT = "attestation document";

  /** It goes into verdicts and records, and nobody's is longer than a hash. */
  private static final int MAX_USER_DATA = 64;

  static TdxDocument parse(TdxBinding binding, Bytes json) throws MalformedException {
    ObjectNode root = Json.object(WHAT, json);
    Bytes userData = optional(root, "UserData");
    if (userData != null && userData.length() > MAX_USER_DATA) {
      throw new MalformedException("UserData", "is longer than " + MAX_USER_DATA + " bytes");
    }
    return new TdxDocument(
        Json.base64(root, "RawQuote"),
        binding == TdxBinding.METAL ? optional(root, "EventLog") : null,
        userData == null ? Bytes.EMPTY : userData);
  }

  Bytes write(TdxBinding binding) {
    ObjectNode root = Json.newObject().put("RawQuote", rawQuote.base64());
    if (binding == TdxBinding.METAL) {
      root.put("EventLog", eventLog == null ? null : eventLog.base64());
    }
    root.put("UserData", userData.base64());
    return Bytes.ofUtf8(Json.line(root));
  }

  /** Null where absent, null or empty: Go writes the three as it likes. */
  private static @Nullable Bytes optional(ObjectNode node, String member)
      throws MalformedException {
    String base64 = Json.optionalString(node, member);
    return base64 == null || base64.isEmpty() ? null : Bytes.ofBase64(member, base64);
  }
}
