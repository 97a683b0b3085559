package dev.asterism.attestation.azure;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A token of Microsoft's attestation service (JWT, RFC 7519, in the compact form of RFC 7515) with
 * RS256, its one algorithm; parsed, not verified.
 *
 * @param signed header and claims as they were signed
 */
record MaaToken(String keyId, ObjectNode claims, Bytes signed, Bytes signature) {
  private static final String WHAT = "MAA token";
  private static final int LARGEST = 64 * 1024;
  private static final int PARTS = 3;

  static MaaToken parse(String token) throws MalformedException {
    if (token.length() > LARGEST) {
      throw new MalformedException(WHAT, "is longer than " + LARGEST + " characters");
    }
    List<String> parts = List.of(token.split("\\.", -1));
    if (parts.size() != PARTS) {
      throw new MalformedException(WHAT, "is not header, claims and signature");
    }
    ObjectNode header =
        Json.object("MAA token header", Bytes.ofBase64Url("MAA token header", parts.get(0)));
    if (!"RS256".equals(Json.optionalString(header, "alg")) || header.has("crit")) {
      throw new MalformedException("alg", "is not RS256, or something critical is said beside it");
    }
    return new MaaToken(
        Json.string(header, "kid"),
        Json.object("MAA token claims", Bytes.ofBase64Url("MAA token claims", parts.get(1))),
        Bytes.ofUtf8(parts.get(0) + "." + parts.get(1)),
        Bytes.ofBase64Url("MAA token signature", parts.get(2)));
  }

  boolean isSignedBy(PublicKey key) {
    try {
      Signature verifier = Signature.getInstance("SHA256withRSA");
      verifier.initVerify(key);
      verifier.update(signed.toArray());
      return verifier.verify(signature.toArray());
    } catch (InvalidKeyException | SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK does not verify RS256", e);
    }
  }

  /** A string at the end of a path of members; empty where there is none. */
  String text(String... path) {
    JsonNode node = claims;
    for (String member : path) {
      node = node.path(member);
    }
    return node.asString("");
  }

  /** Seconds since 1970 (NumericDate); far in the past where there is none. */
  Instant time(String member) {
    JsonNode value = claims.path(member);
    return value.isIntegralNumber() && value.canConvertToInt()
        ? Instant.ofEpochSecond(Math.max(0, value.intValue()))
        : Instant.EPOCH;
  }
}
