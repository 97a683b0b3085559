package dev.asterism.attestation.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.tpm.TpmClient;
import dev.asterism.attestation.tpm.VtpmJson;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SoftwareNitro;
import dev.asterism.device.SoftwareReport;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.testing.FakeCloud;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
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

  private static final Validity VALIDITY =
      new Validity(ForgedSnp.NOW.minusSeconds(9), ForgedSnp.NOW.plusSeconds(9));

  private final VendorAuthority nitroRoot = VendorAuthority.root("CN=nitro", VALIDITY);
  private final SoftwareNitro hypervisor = SoftwareNitro.below(nitroRoot, "i-1", VALIDITY);

  private ObjectNode listing(VendorAuthority root, ObjectNode config) {
    ObjectNode document = config.putObject("nitroDocument");
    document.putObject("pcrs").put("4", "00".repeat(48));
    document.putArray("roots").add(Pem.encode(root.certificate()));
    return config;
  }

  @Test
  void aNitroDocumentNamesTheKey() throws Exception {
    SoftwareTpm nitro = SoftwareTpm.inMemory(new SecureRandom(), hypervisor);
    try (FakeCloud cloud = new FakeCloud()) {
      Issuer issuer = AwsIssuers.nitroTpm(nitro, Optional::empty, cloud.service(), nitro);
      assertAccepted(issuer, new AwsNitroTpm(), listing(nitroRoot, Json.newObject()));
      assertEquals(
          "i-1",
          Json.object("info", VtpmJson.parse(issuer.issue(USER_DATA, NONCE)).instanceInfo())
              .path("instanceId")
              .asString(""));
    }
  }

  @Test
  void aTokenThatIsNoneIsAnErrorAndNoHeader() throws Exception {
    SoftwareTpm tpm = SoftwareTpm.inMemory(new SecureRandom());
    try (var cloud = new FakeCloud()) {
      cloud.session = "a\r\nX-Forged: b";
      Issuer issuer = AwsIssuers.nitroTpm(tpm, Optional::empty, cloud.service(), null);
      var e = assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
      var cause = assertInstanceOf(MalformedException.class, e.getCause());
      assertEquals("/latest/api/token", cause.field());
      assertEquals(List.of("PUT /latest/api/token"), cloud.asked);
    }
  }

  @Test
  void anIndexThatWasLeftBehindIsInNobodysWay() throws Exception {
    SoftwareTpm nitro = SoftwareTpm.inMemory(new SecureRandom(), hypervisor);
    try (TpmClient client = TpmClient.open(nitro)) {
      client.nv(NitroRequest.INDEX).store(Bytes.zeros(9));
    }
    try (var cloud = new FakeCloud()) {
      Issuer issuer = AwsIssuers.nitroTpm(nitro, Optional::empty, cloud.service(), nitro);
      assertAccepted(issuer, new AwsNitroTpm(), listing(nitroRoot, Json.newObject()));
    }
    try (TpmClient client = TpmClient.open(nitro)) {
      assertEquals(Optional.empty(), client.nv(NitroRequest.INDEX).read());
    }
  }

  @Test
  void aNitroDocumentStandsBesideAReport() throws Exception {
    ForgedSnp forged = ForgedSnp.ofFleet("CN=cc-eu-west-1.amazonaws.com");
    ObjectNode config = listing(nitroRoot, forged.config());
    ForgedSnp.snp(config).put("revocation", "ifAvailable").remove(List.of("chipIds", "roots"));
    config.put("amdRootKey", Pem.encode(forged.root));
    SoftwareTpm nitro = SoftwareTpm.inMemory(new SecureRandom(), hypervisor);
    Appraisal appraisal =
        assertAccepted(
            AwsIssuers.snp(nitro, Optional::empty, guest(forged), nitro),
            new AwsSevSnp(EndorsementSource.NONE),
            config);
    assertEquals(
        "i-1-tpm0", appraisal.claims().orElseThrow().identity().get(Identifier.INSTANCE_ID));
  }

  @Test
  void aNitroDocumentOfAnotherRootIsRefused() throws Exception {
    SoftwareTpm nitro = SoftwareTpm.inMemory(new SecureRandom(), hypervisor);
    try (FakeCloud cloud = new FakeCloud()) {
      Issuer issuer = AwsIssuers.nitroTpm(nitro, Optional::empty, cloud.service(), nitro);
      ObjectNode config = listing(VendorAuthority.root("CN=nitro", VALIDITY), Json.newObject());
      config.putObject("measurements").put("4", "00".repeat(32));
      Appraisal appraisal =
          new AwsNitroTpm()
              .policy(config)
              .verifier()
              .verify(
                  issuer.issue(USER_DATA, NONCE), new Challenge(NONCE, USER_DATA, ForgedSnp.NOW));
      assertTrue(appraisal.reason().startsWith("nitro.chain"), appraisal.reason());
    }
  }

  @Test
  void saysThatThereIsNoHypervisorToAsk() throws Exception {
    try (FakeCloud cloud = new FakeCloud()) {
      Issuer issuer = AwsIssuers.nitroTpm(tpm, Optional::empty, cloud.service(), tpm);
      IssueException failure =
          assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
      String message = String.valueOf(failure.getCause().getMessage());
      assertTrue(message.contains("NSM request of NitroTPMs"), message);
      // And leaves nothing in the TPM.
      try (TpmClient client = TpmClient.open(tpm)) {
        for (int i = 0; i < 8; i++) {
          client.nv(0x01800000L + i).store(Bytes.zeros(8192));
        }
      }
    }
  }

  @Test
  void anAnswerOfTheHypervisorHoldsADocument() throws Exception {
    String attestation = "6b" + "4174746573746174696f6e";
    String document = "68" + "646f63756d656e74";
    String good = "a1" + attestation + "a1" + document + "4178";
    // What was in the buffer before follows it.
    assertEquals(Bytes.ofUtf8("x"), NitroRequest.document(Bytes.ofHex("answer", good + "0000")));
    for (String bad :
        List.of(
            "80",
            "a0",
            "a1" + attestation + "80",
            "a1" + attestation + "a0",
            "a1" + attestation + "a1" + document + "6178")) {
      var answer = Bytes.ofHex("answer", bad);
      assertThrows(MalformedException.class, () -> NitroRequest.document(answer), bad);
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

  private static Appraisal assertAccepted(Issuer issuer, Platform platform, ObjectNode config)
      throws Exception {
    config.putObject("measurements").put("4", "00".repeat(32));
    assertEquals(platform.variant(), issuer.variant());
    Appraisal appraisal =
        platform
            .policy(config)
            .verifier()
            .verify(issuer.issue(USER_DATA, NONCE), new Challenge(NONCE, USER_DATA, ForgedSnp.NOW));
    assertTrue(appraisal.accepted(), appraisal.reason());
    return appraisal;
  }
}
