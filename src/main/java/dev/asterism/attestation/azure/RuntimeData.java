package dev.asterism.attestation.azure;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The claims of the paravisor: which attestation key its vTPM has. Whether it is the paravisor who
 * speaks, the hardware's report says, which carries {@link #reportData} of the very bytes.
 *
 * @param ak the key named HCLAkPub
 * @param userData what the guest had put there; null where the claims have none
 */
record RuntimeData(PublicKey ak, @Nullable Bytes userData) {
  private static final String WHAT = "runtime data";
  private static final String AK = "HCLAkPub";
  private static final int MAX_KEYS = 16;
  private static final int REPORT_DATA = 64;

  /** The report data of whoever vouches for these bytes: their SHA-256, then zeros. */
  static Bytes reportData(Bytes raw) {
    Bytes hash = Digests.SHA256.of(raw);
    return Bytes.concat(hash, Bytes.zeros(REPORT_DATA - hash.length()));
  }

  static RuntimeData parse(Bytes raw) throws MalformedException {
    ObjectNode claims = Json.object(WHAT, raw);
    String userData = Json.optionalString(claims, "user-data");
    return new RuntimeData(
        ak(claims), userData == null ? null : Bytes.ofHex("user-data", userData));
  }

  /**
   * The one key of that name: with two, somebody else might look at the other. Older paravisors say
   * of it that it encrypts ({@code key_ops}); what it does is sign quotes.
   */
  private static PublicKey ak(ObjectNode claims) throws MalformedException {
    if (!(claims.get("keys") instanceof ArrayNode keys) || keys.size() > MAX_KEYS) {
      throw new MalformedException("keys", "is not a list of at most " + MAX_KEYS);
    }
    List<ObjectNode> named = new ArrayList<>();
    for (JsonNode key : keys) {
      if (!(key instanceof ObjectNode jwk)) {
        throw new MalformedException("keys", "lists something that is not an object");
      }
      if (AK.equals(Json.optionalString(jwk, "kid"))) {
        named.add(jwk);
      }
    }
    if (named.size() != 1) {
      throw new MalformedException("keys", "has not exactly one key named " + AK);
    }
    return Jwk.rsa(named.getFirst());
  }
}
