package dev.asterism.attestation.azure;

import dev.asterism.attestation.tpm.SigningKeys;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import tools.jackson.databind.node.ObjectNode;

/** JSON Web Keys (RFC 7517) of RSA, the only ones that Azure has. */
final class Jwk {
  private static final String WHAT = "JWK";

  private Jwk() {}

  static PublicKey rsa(ObjectNode jwk) throws MalformedException {
    if (!"RSA".equals(Json.optionalString(jwk, "kty"))) {
      throw new MalformedException("kty", "is not RSA");
    }
    return SigningKeys.ofRsa(number(jwk, "n"), number(jwk, "e"));
  }

  /** Big endian, base64url without padding (RFC 7518, section 6.3.1). */
  private static Bytes number(ObjectNode jwk, String member) throws MalformedException {
    return Bytes.ofBase64Url(WHAT + "." + member, Json.string(jwk, member));
  }
}
