package dev.asterism.attestation.snp;

import dev.asterism.crypto.Pem;
import dev.asterism.device.SnpGuest;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The instance info of vTPM documents that carry an SNP report (wire contract, section 4), parsed,
 * not verified. Unknown members are left alone.
 *
 * @param reportSigner the VCEK's or VLEK's certificate, PEM; null where the host gave none
 * @param certChain ASK (or ASVK) and perhaps ARK, PEM; null where the host gave none
 * @param azure null but on Azure
 * @param gcp null but on Google's
 */
public record SnpInstanceInfo(
    @Nullable Bytes reportSigner,
    @Nullable Bytes certChain,
    Bytes attestationReport,
    @Nullable Azure azure,
    @Nullable Gcp gcp) {
  private static final String WHAT = "InstanceInfo";

  /**
   * What Azure adds.
   *
   * @param runtimeData the paravisor's claims, the bytes that the report vouches for
   * @param maaToken of Microsoft's attestation service; empty where there is none
   */
  public record Azure(Bytes runtimeData, String maaToken) {}

  /** What Google adds: which instance the guest believes to be. */
  public record Gcp(String zone, String projectId, String instanceName) {}

  /** Reads a document's instance info; null is none. */
  public static SnpInstanceInfo parse(@Nullable Bytes json) throws MalformedException {
    if (json == null) {
      throw new MalformedException(WHAT, "is missing");
    }
    ObjectNode node = Json.object(WHAT, json);
    return new SnpInstanceInfo(
        optional(node, "ReportSigner"),
        optional(node, "CertChain"),
        Json.base64(node, "AttestationReport"),
        node.hasNonNull("Azure") ? azure(Json.child(node, "Azure")) : null,
        node.hasNonNull("GCP") ? gcp(Json.child(node, "GCP")) : null);
  }

  private static Azure azure(ObjectNode node) throws MalformedException {
    String token = Json.optionalString(node, "MAAToken");
    return new Azure(Json.base64(node, "RuntimeData"), token == null ? "" : token);
  }

  private static Gcp gcp(ObjectNode node) throws MalformedException {
    return new Gcp(
        Json.string(node, "zone"),
        Json.string(node, "project_id"),
        Json.string(node, "instance_name"));
  }

  private static @Nullable Bytes optional(ObjectNode node, String member)
      throws MalformedException {
    String base64 = Json.optionalString(node, member);
    return base64 == null || base64.isEmpty() ? null : Bytes.ofBase64(member, base64);
  }

  /** As old nodes write it. */
  public Bytes write() {
    ObjectNode node = Json.newObject();
    node.put("ReportSigner", reportSigner == null ? null : reportSigner.base64());
    node.put("CertChain", certChain == null ? null : certChain.base64());
    node.put("AttestationReport", attestationReport.base64());
    if (azure == null) {
      node.putNull("Azure");
    } else {
      node.putObject("Azure")
          .put("RuntimeData", azure.runtimeData().base64())
          .put("MAAToken", azure.maaToken());
    }
    if (gcp == null) {
      node.putNull("GCP");
    } else {
      node.putObject("GCP")
          .put("zone", gcp.zone())
          .put("project_id", gcp.projectId())
          .put("instance_name", gcp.instanceName());
    }
    return Bytes.ofUtf8(Json.line(node));
  }

  /**
   * The certificates that came along.
   *
   * @param fallback takes the place of those that did not
   */
  CertificateSet certificates(CertificateSet fallback) throws MalformedException {
    Bytes leaf =
        reportSigner == null
            ? fallback.leaf()
            : der(Pem.certificates("ReportSigner", text(reportSigner)).getFirst());
    Bytes intermediate = fallback.intermediate();
    Bytes root = fallback.root();
    List<X509Certificate> chain =
        certChain == null ? List.of() : Pem.certificates("CertChain", text(certChain));
    for (X509Certificate certificate : chain) {
      if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
        root = der(certificate);
      } else {
        intermediate = der(certificate);
      }
    }
    return new CertificateSet(leaf, intermediate, root, null);
  }

  /** Of what an SNP guest gets for its report: with the certificates of the host's table. */
  public static SnpInstanceInfo of(SnpGuest.Evidence evidence, @Nullable Gcp gcp)
      throws MalformedException {
    KeyKind signer = SnpReport.parse(evidence.report()).signer().orElse(KeyKind.VCEK);
    CertificateSet known =
        evidence.certificates().isEmpty()
            ? CertificateSet.NONE
            : CertificateSet.of(CertificateTable.parse(evidence.certificates()), signer);
    return new SnpInstanceInfo(
        pem(known.leaf()), pem(known.intermediate()), evidence.report(), null, gcp);
  }

  private static @Nullable Bytes pem(@Nullable Bytes der) {
    return der == null ? null : Bytes.ofUtf8(Pem.encode("CERTIFICATE", der));
  }

  private static String text(Bytes pem) {
    return new String(pem.toArray(), StandardCharsets.UTF_8);
  }

  private static Bytes der(X509Certificate certificate) throws MalformedException {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new MalformedException(WHAT, "holds a certificate that cannot be encoded");
    }
  }
}
