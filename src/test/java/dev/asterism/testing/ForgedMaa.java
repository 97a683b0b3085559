package dev.asterism.testing;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Forges what Microsoft's attestation service says, in the names of its documentation. */
public final class ForgedMaa {
  private final KeyPair key = ForgedVtpm.keyPair("RSA");
  private final Instant now;
  public KeyPair signer = key;
  public String tail = "";
  public final ObjectNode header =
      Json.newObject().put("alg", "RS256").put("kid", "key-1").put("typ", "JWT");
  public final ObjectNode claims = Json.newObject();

  public ForgedMaa(Instant now) {
    this.now = now;
  }

  /** A token about this report. */
  public ForgedMaa about(Bytes idKey, Bytes reportData, Bytes measurement, Bytes extra) {
    claims.put("iss", "https://maa.example");
    claims.put("nbf", now.getEpochSecond() - 10).put("exp", now.getEpochSecond() + 600);
    payload().put("nonce", extra.base64());
    tee()
        .put("x-ms-attestation-type", "sevsnpvm")
        .put("x-ms-compliance-status", "azure-compliant-cvm")
        .put("x-ms-sevsnpvm-idkeydigest", idKey.hex())
        .put("x-ms-sevsnpvm-reportdata", reportData.hex())
        .put("x-ms-sevsnpvm-launchmeasurement", measurement.hex());
    return this;
  }

  public ObjectNode tee() {
    return child(claims, "x-ms-isolation-tee");
  }

  public ObjectNode payload() {
    return child(child(claims, "x-ms-runtime"), "client-payload");
  }

  private static ObjectNode child(ObjectNode node, String member) {
    return node.get(member) instanceof ObjectNode present ? present : node.putObject(member);
  }

  public String token() {
    String signed = part(header) + "." + part(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(signer.getPrivate());
      signature.update(Bytes.ofUtf8(signed).toArray());
      return signed + "." + ForgedHcl.base64url(Bytes.of(signature.sign())) + tail;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String part(ObjectNode node) {
    return ForgedHcl.base64url(Bytes.ofUtf8(Json.line(node)));
  }

  /** What its {@code /certs} answers. */
  public Bytes keys() {
    var authority = CertificateAuthority.create("maa", now.minusSeconds(99), now.plusSeconds(99));
    var request =
        new CertificateAuthority.Request(
            key.getPublic(),
            "CN=maa",
            now.minusSeconds(50),
            now.plusSeconds(50),
            Usage.SERVER,
            List.of(),
            List.of());
    ObjectNode set = Json.newObject();
    ObjectNode jwk = set.putArray("keys").addObject().put("kid", "key-1").put("kty", "RSA");
    jwk.putArray("x5c").add(ForgedSnp.der(authority.issue(request)).base64());
    return Bytes.ofUtf8(Json.line(set));
  }
}
