package dev.asterism.attestation.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.tpm.VtpmJson;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.testing.FakeCloud;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class AwsIssuersTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.zeros(32);

  private final SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());

  private static SnpGuest guest(ForgedSnp forged) {
    return new SnpGuest() {
      @Override
      public Evidence report(Bytes reportData) {
        forged.report.set(SoftwareReport.REPORT_DATA, reportData);
        forged.vlekSlot = true;
        return new Evidence(forged.report.signed(forged.key.getPrivate()), forged.table());
      }

      @Override
      public String description() {
        return "a guest";
      }
    };
  }

  @Test
  void anSnpInstanceIsAccepted() throws Exception {
    ForgedSnp forged = ForgedSnp.ofFleet("CN=cc-eu-west-1.amazonaws.com");
    ObjectNode config = forged.config();
    ForgedSnp.snp(config).put("revocation", "ifAvailable").remove(List.of("chipIds", "roots"));
    // Documents have no root.
    config.put("amdRootKey", Pem.encode(forged.root));
    assertAccepted(
        AwsIssuers.snp(tpm, Optional::empty, guest(forged), null),
        new AwsSevSnp(EndorsementSource.NONE),
        config);
  }

  @Test
  void aNitroTpmsDocumentHasTheInstancesIdentity() throws Exception {
    try (FakeCloud cloud = new FakeCloud()) {
      Issuer issuer = AwsIssuers.nitroTpm(tpm, Optional::empty, cloud.service(), null);
      Bytes document = issuer.issue(USER_DATA, NONCE);
      assertEquals(Bytes.ofUtf8(cloud.identity), VtpmJson.parse(document).instanceInfo());
      assertEquals(
          List.of("PUT /latest/api/token", "GET /latest/dynamic/instance-identity/document"),
          cloud.asked);
      assertAccepted(issuer, new AwsNitroTpm(), Json.newObject());
    }
  }

  @Test
  void saysThatTheHostDoesNotAnswer() throws IOException {
    FakeCloud cloud = new FakeCloud();
    cloud.close();
    Issuer issuer = AwsIssuers.nitroTpm(tpm, Optional::empty, cloud.service(), null);
    IssueException failure =
        assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
    assertTrue(failure.getCause().getMessage().contains("/latest/api/token"));
  }

  private static void assertAccepted(Issuer issuer, Platform platform, ObjectNode config)
      throws Exception {
    config.putObject("measurements").put("4", "00".repeat(32));
    assertEquals(platform.variant(), issuer.variant());
    Appraisal appraisal =
        platform
            .policy(config)
            .verifier()
            .verify(issuer.issue(USER_DATA, NONCE), new Challenge(NONCE, USER_DATA, ForgedSnp.NOW));
    assertTrue(appraisal.accepted(), appraisal.reason());
  }
}
