package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.math.BigInteger;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import tools.jackson.databind.node.ObjectNode;

/**
 * The paravisor of an Azure VM in software (host compatibility layer, HCL): it claims which key its
 * vTPM attests with, and has the hardware vouch for the claims.
 *
 * @param claims JSON, the very bytes
 */
public record SoftwareParavisor(Bytes claims) {
  private static final int HEADER = 32;
  private static final int HARDWARE_REPORT = 1184;
  private static final int RUNTIME_HEADER = 20;
  private static final int SHA256 = 1;
  private static final int REPORT_DATA = 64;

  /** What the hardware's report is. */
  public enum Hardware {
    SNP(2),
    TDX(4);

    private final int reportType;

    Hardware(int reportType) {
      this.reportType = reportType;
    }
  }

  /** One whose vTPM attests with an RSA key. */
  public static SoftwareParavisor claiming(PublicKey ak) {
    ObjectNode claims = Json.newObject();
    ObjectNode jwk = claims.putArray("keys").addObject().put("kid", "HCLAkPub").put("kty", "RSA");
    jwk.putArray("key_ops").add("sign");
    RSAPublicKey rsa = (RSAPublicKey) ak;
    jwk.put("e", number(rsa.getPublicExponent())).put("n", number(rsa.getModulus()));
    claims.putObject("vm-configuration").put("secure-boot", true).put("tpm-enabled", true);
    claims.put("user-data", Bytes.zeros(64).hex());
    return new SoftwareParavisor(Bytes.ofUtf8(Json.line(claims)));
  }

  /** What the hardware's report must carry. */
  public Bytes reportData() {
    Bytes hash = Digests.SHA256.of(claims);
    return Bytes.concat(hash, Bytes.zeros(REPORT_DATA - hash.length()));
  }

  /** What it leaves in NV 0x01400001: the hardware's report and the claims. */
  public Bytes report(Hardware hardware, Bytes hardwareReport) {
    return new ByteWriter()
        .bytes(Bytes.ofUtf8("HCLA"))
        .u32le(2)
        .bytes(Bytes.zeros(HEADER - 8))
        .bytes(hardwareReport)
        .bytes(Bytes.zeros(HARDWARE_REPORT - hardwareReport.length()))
        .u32le(RUNTIME_HEADER + (long) claims.length())
        .u32le(1)
        .u32le(hardware.reportType)
        .u32le(SHA256)
        .u32le(claims.length())
        .bytes(claims)
        .toBytes();
  }

  private static String number(BigInteger value) {
    byte[] signed = value.toByteArray();
    int from = signed[0] == 0 ? 1 : 0;
    return Bytes.of(signed, from, signed.length).base64Url();
  }
}
