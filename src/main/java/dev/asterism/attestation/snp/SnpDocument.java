package dev.asterism.attestation.snp;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document of variant {@code sev-snp} (wire contract, section 9), read, not verified: {@code
 * {"Report": b64, "CertTable": b64 or null, "Claims": b64, "UserData": b64}}.
 *
 * @param certTable null where the host gave none
 * @param claims the bytes of {@link SnpClaims}, as they were hashed
 */
public record SnpDocument(Bytes report, @Nullable Bytes certTable, Bytes claims, Bytes userData) {
  private static final String WHAT = "attestation document";
  private static final Bytes CONTEXT = Bytes.ofUtf8("asterism sev-snp 1\0");

  /** It goes into verdicts and records, and nobody's is longer than a hash. */
  private static final int MAX_USER_DATA = 64;

  private static final int MAX_CLAIMS = 1024;

  public static SnpDocument parse(Bytes json) throws MalformedException {
    ObjectNode root = Json.object(WHAT, json);
    String table = Json.optionalString(root, "CertTable");
    Bytes claims = Json.base64(root, "Claims");
    Bytes userData = Json.base64(root, "UserData");
    if (claims.length() > MAX_CLAIMS) {
      throw new MalformedException("Claims", "are longer than " + MAX_CLAIMS + " bytes");
    }
    if (userData.length() > MAX_USER_DATA) {
      throw new MalformedException("UserData", "is longer than " + MAX_USER_DATA + " bytes");
    }
    return new SnpDocument(
        Json.base64(root, "Report"),
        table == null || table.isEmpty() ? null : Bytes.ofBase64("CertTable", table),
        claims,
        userData);
  }

  public Bytes write() {
    ObjectNode root = Json.newObject();
    root.put("Report", report.base64());
    root.put("CertTable", certTable == null ? null : certTable.base64());
    root.put("Claims", claims.base64());
    root.put("UserData", userData.base64());
    return Bytes.ofUtf8(Json.line(root));
  }

  /** What the report must carry: everything else in the document hangs on it. */
  static Bytes reportData(Bytes userData, Bytes nonce, Bytes claims) {
    return Digests.SHA512.of(
        CONTEXT, Digests.SHA256.of(userData), Digests.SHA256.of(nonce), Digests.SHA256.of(claims));
  }
}
