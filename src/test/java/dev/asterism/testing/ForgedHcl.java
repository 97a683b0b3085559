package dev.asterism.testing;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Forges what the paravisor of an Azure VM leaves in its vTPM; written from the specification. */
public final class ForgedHcl {
  public static final int SNP = 2;
  public static final int TDX = 4;

  public Bytes header = Bytes.concat(Bytes.ofUtf8("HCLA"), Bytes.zeros(28));
  public @Nullable Long dataSize;
  public long version = 1;
  public long reportType;
  public long hashType = 1;
  public @Nullable Long runtimeDataSize;
  public Bytes padding = Bytes.zeros(100);

  /** JSON; {@link #runtimeData} is its text. */
  public final ObjectNode claims;

  private ForgedHcl(int reportType, PublicKey ak) {
    this.reportType = reportType;
    this.claims = Json.newObject();
    claims.putArray("keys").add(jwk("HCLAkPub", ak)).add(jwk("HCLEkPub", ak));
    claims.putObject("vm-configuration").put("secure-boot", true);
    claims.put("user-data", "0A".repeat(64));
  }

  public static ForgedHcl with(int reportType, PublicKey ak, Consumer<ForgedHcl> change) {
    var forged = new ForgedHcl(reportType, ak);
    change.accept(forged);
    return forged;
  }

  /** As RFC 7517 has it. */
  public static ObjectNode jwk(String kid, PublicKey key) {
    RSAPublicKey rsa = (RSAPublicKey) key;
    ObjectNode jwk = Json.newObject().put("kid", kid).put("kty", "RSA");
    jwk.putArray("key_ops").add(kid.equals("HCLEkPub") ? "encrypt" : "sign");
    return jwk.put("e", number(rsa.getPublicExponent())).put("n", number(rsa.getModulus()));
  }

  public static String base64url(Bytes bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toArray());
  }

  private static String number(BigInteger value) {
    byte[] signed = value.toByteArray();
    int from = signed[0] == 0 ? 1 : 0;
    return base64url(Bytes.of(signed, from, signed.length));
  }

  public Bytes runtimeData() {
    return Bytes.ofUtf8(Json.line(claims));
  }

  /** What the hardware's report must carry. */
  public Bytes reportData() {
    return Bytes.concat(Digests.SHA256.of(runtimeData()), Bytes.zeros(32));
  }

  /** The whole, around a report of the hardware. */
  public Bytes report(Bytes hardwareReport) {
    Bytes data = runtimeData();
    return new ByteWriter()
        .bytes(header)
        .bytes(hardwareReport)
        .bytes(Bytes.zeros(1184 - hardwareReport.length()))
        .u32le(dataSize == null ? 20 + data.length() : dataSize)
        .u32le(version)
        .u32le(reportType)
        .u32le(hashType)
        .u32le(runtimeDataSize == null ? data.length() : runtimeDataSize)
        .bytes(data)
        .bytes(padding)
        .toBytes();
  }
}
