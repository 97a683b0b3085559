package dev.asterism.attestation.gcp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.tpm.AkTemplate;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.VtpmDocument;
import dev.asterism.attestation.tpm.VtpmJson;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.FakeCloud;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.Swtpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** What is issued on a machine that is provisioned as Google does it is accepted. */
class GcpIssuersTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.zeros(32);
  private static final Instant NOW = ForgedSnp.NOW;

  private final FakeCloud cloud = new FakeCloud();
  private final CertificateAuthority authority =
      CertificateAuthority.create("root", NOW.minusSeconds(9), NOW.plusSeconds(9));
  private Tpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  GcpIssuersTest() throws IOException {}

  @AfterEach
  void close() {
    cloud.close();
  }

  private void provision(Bytes template) throws Exception {
    store(GcpIssuers.AK_TEMPLATE, template);
    PublicKey key = AttestationKey.of(tpm, GcpIssuers.KEY).publicKey();
    var request =
        new CertificateAuthority.Request(
            key,
            "CN=ak",
            NOW.minusSeconds(9),
            NOW.plusSeconds(9),
            Usage.ATTESTATION_KEY,
            List.of(),
            List.of());
    store(GcpIssuers.AK_CERTIFICATE, ForgedSnp.der(authority.issue(request)));
  }

  private void store(long index, Bytes content) throws Exception {
    try (TpmClient client = TpmClient.open(tpm)) {
      client.nv(index).store(content);
    }
  }

  private ObjectNode certified(ObjectNode config) {
    config
        .putObject("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(authority.certificatePem());
    config.putObject("measurements").put("4", "00".repeat(32));
    return config;
  }

  private static SnpGuest guest(ForgedSnp forged) {
    return new SnpGuest() {
      @Override
      public Evidence report(Bytes reportData) {
        forged.report.set(SoftwareReport.REPORT_DATA, reportData);
        return new Evidence(forged.report.signed(forged.key.getPrivate()), forged.table());
      }

      @Override
      public String description() {
        return "a guest";
      }
    };
  }

  @Test
  void anSnpGuestIsAccepted() throws Exception {
    provision(AkTemplate.RSA_2048);
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = certified(forged.config());
    ForgedSnp.snp(config).put("revocation", "ifAvailable").remove("roots");
    // Documents have no root.
    config.put("amdRootKey", Pem.encode(forged.root));
    Issuer issuer = GcpIssuers.snp(tpm, Optional::empty, guest(forged), cloud.service(), List.of());
    assertAccepted(issuer, new GcpSevSnp(EndorsementSource.NONE), config);
    assertTrue(cloud.asked.contains("GET /computeMetadata/v1/instance/name"));
  }

  @Test
  void aSevGuestIsAsItIsCalled() throws Exception {
    provision(AkTemplate.ECC_P256);
    Issuer issuer = GcpIssuers.sev(tpm, Optional::empty, cloud.service(), List.of(NONCE));
    VtpmDocument document = VtpmJson.parse(issuer.issue(USER_DATA, NONCE));
    assertEquals(
        "{\"zone\":\"europe-west3-a\",\"project_id\":\"some-project\","
            + "\"instance_name\":\"node-1\"}",
        new String(document.instanceInfo().toArray(), java.nio.charset.StandardCharsets.UTF_8));
    assertEquals(List.of(NONCE), document.intermediateCerts());
  }

  @Test
  void aGuestOnARealTpmsCommandsIsAccepted(@TempDir Path state) throws Exception {
    try (Swtpm swtpm = Swtpm.start(state)) {
      tpm = swtpm.tpm();
      try (TpmClient client = TpmClient.open(tpm)) {
        client.startup();
      }
      anSnpGuestIsAccepted();
    }
  }

  @Test
  void leavesNoKeyBehind() throws Exception {
    provision(AkTemplate.RSA_2048);
    Issuer issuer = GcpIssuers.sev(tpm, Optional::empty, cloud.service(), List.of());
    for (int i = 0; i < 12; i++) {
      // A TPM has room for a handful of transient keys.
      var _ = issuer.issue(USER_DATA, NONCE);
    }
  }

  @Test
  void saysWhatIsMissing() {
    Issuer issuer = GcpIssuers.sev(tpm, Optional::empty, cloud.service(), List.of());
    IssueException failure =
        assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
    assertTrue(failure.getCause().getMessage().contains("0x1c10001"));
  }

  @Test
  void aMachineWithoutACertificateHasNone() throws Exception {
    store(GcpIssuers.AK_TEMPLATE, AkTemplate.RSA_2048);
    Issuer issuer = GcpIssuers.sev(tpm, Optional::empty, cloud.service(), List.of(NONCE));
    VtpmDocument document = VtpmJson.parse(issuer.issue(USER_DATA, NONCE));
    assertEquals(null, document.akCert());
    assertEquals(List.of(), document.intermediateCerts());
  }

  private static void assertAccepted(Issuer issuer, Platform platform, ObjectNode config)
      throws Exception {
    assertEquals(platform.variant(), issuer.variant());
    Appraisal appraisal =
        platform
            .policy(config)
            .verifier()
            .verify(issuer.issue(USER_DATA, NONCE), new Challenge(NONCE, USER_DATA, NOW));
    assertTrue(appraisal.accepted(), appraisal.reason());
  }
}
