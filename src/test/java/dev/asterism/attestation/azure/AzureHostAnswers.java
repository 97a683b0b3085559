package dev.asterism.attestation.azure;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.Pem;
import dev.asterism.device.MetadataService;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.FakeHttp;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.net.ProxySelector;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the host of an Azure VM answers its issuers, whose TPM is as Azure provisions it. */
final class AzureHostAnswers {
  private static final MaaTokens NOBODYS =
      new MaaTokens(
          Optional::empty, OsRelease.UNKNOWN, ProxySelector.of(null), Duration.ofSeconds(1));

  private final String path;
  private final Maker maker;
  private FakeHttp host;
  private Issuer issuer;

  @FunctionalInterface
  private interface Maker {
    Issuer make(MetadataService host) throws Exception;
  }

  private AzureHostAnswers(String path, Maker maker) {
    this.path = path;
    this.maker = maker;
  }

  /** Certificates of the chip: THIM's. */
  static FuzzTarget<?> endorsements() {
    return new AzureHostAnswers(
            "/metadata/THIM/amd/certification",
            service ->
                AzureIssuers.snp(
                    provisioned(ForgedHcl.SNP, ForgedSnp.genuine().signedReport()),
                    Optional::empty,
                    service,
                    NOBODYS))
        .target(
            "AzureThim",
            () -> {
              ForgedSnp forged = ForgedSnp.genuine();
              return Json.newObject()
                  .put("vcekCert", Pem.encode(forged.leaf()))
                  .put("certificateChain", Pem.encode(forged.intermediate));
            });
  }

  /** A TD quote. */
  static FuzzTarget<?> quote() {
    return new AzureHostAnswers(
            "/acc/tdquote",
            service ->
                AzureIssuers.tdx(
                    provisioned(ForgedHcl.TDX, Bytes.zeros(1024)), Optional::empty, service))
        .target(
            "AzureTdQuote",
            () -> Json.newObject().put("quote", ForgedTdx.genuine().quote.make().base64Url()));
  }

  @FunctionalInterface
  private interface Seed {
    Object make() throws Exception;
  }

  private FuzzTarget<?> target(String name, Seed seed) {
    return FuzzTarget.of(
            name, this::issue, () -> List.of(Bytes.ofUtf8(String.valueOf(seed.make()))))
        .refusing(IssueException.class);
  }

  /** Started when it is needed. */
  private Bytes issue(Bytes answer) throws Exception {
    if (host == null) {
      host = new FakeHttp();
      issuer = maker.make(new MetadataService(host.uri()));
    }
    host.answer(path, answer, Map.of());
    return issuer.issue(Bytes.EMPTY, Bytes.zeros(32));
  }

  private static Tpm provisioned(int hardware, Bytes report) throws Exception {
    Tpm tpm = SoftwareTpm.inMemory(new SecureRandom());
    try (TpmClient client = TpmClient.open(tpm)) {
      TpmClient.Loaded key = client.createPrimaryAk();
      client.evictControl(key.handle(), AzureIssuers.AK);
      client.flushContext(key.handle());
    }
    PublicKey ak = AttestationKey.of(tpm, AzureIssuers.KEY).publicKey();
    try (TpmClient client = TpmClient.open(tpm)) {
      Bytes hcl = ForgedHcl.with(hardware, ak, f -> {}).report(report);
      client.nv(AzureIssuers.HCL_REPORT).store(hcl);
    }
    return tpm;
  }
}
