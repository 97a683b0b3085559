package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.tdx.TdxCollateral;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.FakeCloud;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.Swtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What is issued on a machine that is provisioned as Azure does it is accepted. */
class AzureIssuersTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.zeros(32);

  private final FakeCloud cloud = new FakeCloud();
  private Tpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  AzureIssuersTest() throws IOException {}

  @AfterEach
  void close() {
    cloud.close();
  }

  /** Persists a key where Azure does. */
  private PublicKey provision() throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      TpmClient.Loaded key = client.createPrimaryAk();
      client.evictControl(key.handle(), AzureIssuers.AK);
      client.flushContext(key.handle());
    }
    return AttestationKey.of(tpm, AzureIssuers.KEY).publicKey();
  }

  private void store(long index, Bytes content) throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(index).store(content);
    }
  }

  private ForgedHcl snpReport(ForgedSnp forged, PublicKey ak) throws Exception {
    ForgedHcl hcl = ForgedHcl.with(ForgedHcl.SNP, ak, f -> {});
    forged.report.set(SoftwareReport.REPORT_DATA, hcl.reportData());
    store(AzureIssuers.HCL_REPORT, hcl.report(forged.report.signed(forged.key.getPrivate())));
    cloud.vcek = Pem.encode(forged.leaf());
    cloud.chain = Pem.encode(forged.intermediate) + Pem.encode(forged.root);
    return hcl;
  }

  private static ObjectNode snpConfig(ForgedSnp forged) {
    ObjectNode config = forged.config();
    ForgedSnp.snp(config).put("revocation", "ifAvailable");
    config.putObject("measurements").put("4", "00".repeat(32));
    return config;
  }

  @Test
  void anSnpGuestIsAccepted() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    snpReport(forged, provision());
    assertAccepted(
        AzureIssuers.snp(tpm, Optional::empty, cloud.service(), tokens()),
        new AzureSevSnp(EndorsementSource.NONE),
        snpConfig(forged),
        ForgedSnp.NOW);
    assertEquals(
        List.of("GET /metadata/THIM/amd/certification", "GET /metadata/instance"), cloud.asked);
  }

  /** Of whom the instance's tags name. */
  private MaaTokens tokens() {
    return MaaTokens.ofTag(cloud.service(), ProxySelector.of(null));
  }

  @Test
  void aTdIsAccepted() throws Exception {
    PublicKey ak = provision();
    ForgedTdx forged = ForgedTdx.genuine();
    ForgedHcl hcl = ForgedHcl.with(ForgedHcl.TDX, ak, f -> {});
    Bytes tdReport = Bytes.concat(Bytes.ofUtf8("a TDREPORT"), Bytes.zeros(1014));
    store(AzureIssuers.HCL_REPORT, hcl.report(tdReport));
    cloud.quoting =
        report -> {
          assertEquals(tdReport, report);
          forged.quote.reportData = hcl.reportData();
          return forged.quote.make();
        };
    Map<String, Bytes> files = forged.collateral();
    TdxCollateral collateral =
        new TdxCollateral(
            files.get("tcb-info.json"),
            files.get("tcb-info-chain.pem"),
            files.get("qe-identity.json"),
            files.get("qe-identity-chain.pem"),
            files.get("root-crl.der"),
            files.get("pck-crl.der"));
    ObjectNode config = ForgedTdx.config();
    config.putObject("measurements").put("4", "00".repeat(32));
    assertAccepted(
        AzureIssuers.tdx(tpm, Optional::empty, cloud.service()),
        new AzureTdx(new TdxTrust(platform -> collateral)),
        config,
        ForgedTdx.AT);
  }

  @Test
  void aTrustedLaunchIsAcceptedWhateverFollowsTheCertificate() throws Exception {
    PublicKey ak = provision();
    Instant now = ForgedSnp.NOW;
    CertificateAuthority authority =
        CertificateAuthority.create("root", now.minusSeconds(9), now.plusSeconds(9));
    Bytes leaf =
        ForgedSnp.der(
            authority.issue(
                new CertificateAuthority.Request(
                    ak,
                    "CN=ak",
                    now.minusSeconds(9),
                    now.plusSeconds(9),
                    Usage.ATTESTATION_KEY,
                    List.of(),
                    List.of())));
    store(AzureIssuers.AK_CERTIFICATE, Bytes.concat(leaf, Bytes.zeros(500)));
    ObjectNode config = Json.newObject();
    config.putObject("measurements").put("4", "00".repeat(32));
    config
        .putObject("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(authority.certificatePem());
    assertAccepted(
        AzureIssuers.trustedLaunch(
            tpm, Optional::empty, List.of(ForgedSnp.der(authority.certificate()))),
        new AzureTrustedLaunch(),
        config,
        now);
    assertFails(AzureIssuers.trustedLaunch(tpm, Optional::empty, List.of()), "issuer");
  }

  /** Its NV indices are too small for an HCL report. */
  @Test
  void aTrustedLaunchWithARealTpmsCommandsIsAccepted(@TempDir Path state) throws Exception {
    try (Swtpm swtpm = Swtpm.start(state)) {
      tpm = swtpm.tpm();
      try (TpmClient client = TpmClient.open(tpm)) {
        client.startup();
      }
      aTrustedLaunchIsAcceptedWhateverFollowsTheCertificate();
    }
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Issuer snp = AzureIssuers.snp(tpm, Optional::empty, cloud.service(), tokens());
    assertFails(snp, "0x81000003");
    PublicKey ak = provision();
    assertFails(snp, "0x1400001");
    snpReport(ForgedSnp.genuine(), ak);
    assertFails(AzureIssuers.tdx(tpm, Optional::empty, cloud.service()), "not TDX");
    cloud.close();
    assertFails(snp, "THIM");
    assertFails(AzureIssuers.trustedLaunch(tpm, Optional::empty, List.of(NONCE)), "0x1c101d0");
  }

  private static void assertFails(Issuer issuer, String why) {
    IssueException failure =
        assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
    String message = String.valueOf(failure.getCause().getMessage());
    assertTrue(message.contains(why), message);
  }

  private static void assertAccepted(
      Issuer issuer, Platform platform, ObjectNode config, Instant at) throws Exception {
    assertEquals(platform.variant(), issuer.variant());
    Appraisal appraisal =
        platform
            .policy(config)
            .verifier()
            .verify(issuer.issue(USER_DATA, NONCE), new Challenge(NONCE, USER_DATA, at));
    assertTrue(appraisal.accepted(), appraisal.reason());
  }
}
