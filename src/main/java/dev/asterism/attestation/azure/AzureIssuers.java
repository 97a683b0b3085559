package dev.asterism.attestation.azure;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.azure.HclReport.Hardware;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.attestation.tpm.AkSource;
import dev.asterism.attestation.tpm.InstanceInfoSource.Described;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.VtpmIssuer;
import dev.asterism.crypto.Der;
import dev.asterism.device.MetadataService;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/** Issuers on Azure's VMs: what is in the vTPM, and what the host answers (IMDS, THIM). */
public final class AzureIssuers {
  /** Where the cloud persists the attestation key. */
  public static final long AK = 0x81000003L;

  /** Its certificate, with whatever follows. */
  public static final long AK_CERTIFICATE = 0x01c101d0L;

  public static final long HCL_REPORT = 0x01400001L;

  private static final String THIM = "/metadata/THIM/amd/certification";
  private static final String QUOTE = "/acc/tdquote";

  /** Which key quotes there. */
  public static final AkSource KEY = new AkSource.Persistent(AK);

  private AzureIssuers() {}

  /**
   * Of {@code azure-sev-snp}.
   *
   * @param tokens of Microsoft's attestation service, one for each document
   */
  public static Issuer snp(
      Tpm tpm, Supplier<Optional<Bytes>> eventLog, MetadataService host, MaaTokens tokens) {
    return new VtpmIssuer(
        Variant.AZURE_SEV_SNP,
        tpm,
        eventLog,
        KEY,
        (client, ak, extra) -> {
          HclReport report = report(client, Hardware.SNP);
          ObjectNode endorsements =
              Json.object("THIM's answer", host.get(THIM, Map.of("Metadata", "true")));
          Bytes leaf = Bytes.ofUtf8(Json.string(endorsements, "vcekCert"));
          Bytes chain = Bytes.ofUtf8(Json.string(endorsements, "certificateChain"));
          String token = tokens.get(client, ak, extra, report, Bytes.concat(leaf, chain), eventLog);
          return new Described(
              new SnpInstanceInfo(
                      leaf,
                      chain,
                      report.hardwareReport(),
                      new SnpInstanceInfo.Azure(report.runtimeData(), token),
                      null)
                  .write(),
              List.of());
        });
  }

  /** Of {@code azure-tdx}. */
  public static Issuer tdx(Tpm tpm, Supplier<Optional<Bytes>> eventLog, MetadataService host) {
    return issuer(
        Variant.AZURE_TDX,
        tpm,
        eventLog,
        client -> {
          HclReport report = report(client, Hardware.TDX);
          return new Described(
              new TdInstanceInfo(quote(host, report.hardwareReport()), report.runtimeData())
                  .write(),
              certificate(client).map(List::of).orElse(List.of()));
        });
  }

  /**
   * Of {@code azure-trustedlaunch}.
   *
   * @param issuers of the key's certificate, its own first, DER: they do not come with it
   */
  public static Issuer trustedLaunch(
      Tpm tpm, Supplier<Optional<Bytes>> eventLog, List<Bytes> issuers) {
    return issuer(
        Variant.AZURE_TRUSTEDLAUNCH,
        tpm,
        eventLog,
        client -> {
          Bytes leaf =
              certificate(client)
                  .orElseThrow(() ->
                      new IOException(
                          "there is no certificate in NV 0x" + Long.toHexString(AK_CERTIFICATE)));
          if (issuers.isEmpty()) {
            throw new IOException("the issuer of the key's certificate is not given");
          }
          List<Bytes> chain = new ArrayList<>(List.of(leaf));
          chain.addAll(issuers);
          return new Described(new CertifiedInfo(leaf, issuers.getFirst()).write(), chain);
        });
  }

  @FunctionalInterface
  private interface Description {
    Described of(TpmClient client) throws IOException, MalformedException;
  }

  private static Issuer issuer(
      Variant variant, Tpm tpm, Supplier<Optional<Bytes>> eventLog, Description description) {
    return new VtpmIssuer(
        variant, tpm, eventLog, KEY, (client, ak, extra) -> description.of(client));
  }

  private static HclReport report(TpmClient client, Hardware hardware)
      throws IOException, MalformedException {
    HclReport report =
        HclReport.parse(
            client
                .nvRead(HCL_REPORT)
                .orElseThrow(() ->
                    new IOException(
                        "there is no HCL report in NV 0x" + Long.toHexString(HCL_REPORT))));
    if (report.hardware() != hardware) {
      throw new IOException("the HCL report is of " + report.hardware() + ", not " + hardware);
    }
    return report;
  }

  /** The host's quoting enclave signs what the TD reports. */
  private static Bytes quote(MetadataService host, Bytes tdReport)
      throws IOException, MalformedException {
    ObjectNode request = Json.newObject().put("report", tdReport.base64Url());
    Bytes answer =
        host.post(
            QUOTE,
            Map.of("Content-Type", "application/json", "Metadata", "true"),
            Bytes.ofUtf8(Json.line(request)));
    return Bytes.ofBase64Url(
        "quote", Json.string(Json.object("tdquote's answer", answer), "quote"));
  }

  /** Without what fills the NV index behind it. */
  private static Optional<Bytes> certificate(TpmClient client)
      throws IOException, MalformedException {
    Optional<Bytes> stored = client.nvRead(AK_CERTIFICATE);
    return stored.isEmpty()
        ? stored
        : Optional.of(
            Der.whole(stored.get().reader("AK certificate"), Der.SEQUENCE, "AK certificate"));
  }
}
