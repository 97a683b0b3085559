package dev.asterism.attestation.aws;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.tpm.PcrPolicy;
import dev.asterism.attestation.tpm.TpmtPublic;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedNitro;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.security.PublicKey;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AwsDocumentsTest {
  private static final PublicKey OTHER = ForgedVtpm.keyPair("other RSA").getPublic();

  static final class SnpInstance extends CloudCase {
    final ForgedSnp forged;
    PublicKey named = vtpm.key.getPublic();

    SnpInstance(ForgedSnp forged) {
      super(new AwsSevSnp(EndorsementSource.NONE), ForgedSnp.NOW, forged.config());
      this.forged = forged;
      child("snp").put("revocation", "ifAvailable").remove("chipIds");
    }

    @Override
    protected Bytes instanceInfo() {
      return forged
          .instanceInfo(Digests.SHA512.of(Bytes.of(named.getEncoded())), null, null)
          .write();
    }
  }

  static SnpInstance ofAws() {
    return new SnpInstance(ForgedSnp.ofFleet("CN=cc-eu-west-1.amazonaws.com"));
  }

  @Test
  void acceptsAKeyThatAReportOfAwsNames() throws Exception {
    var identity = ofAws().assertAccepted().claims().orElseThrow().identity();
    assertEquals(ForgedSnp.filled(32, 0x22).hex(), identity.get(Identifier.REPORT_ID));
  }

  @Test
  void refusesAReportThatNamesAnotherKey() throws Exception {
    SnpInstance instance = ofAws();
    instance.named = OTHER;
    instance.assertNotBound("report.ak");
  }

  @Test
  void refusesInstanceInfoThatCannotBeRead() throws Exception {
    SnpInstance instance = ofAws();
    instance.forged.afterSigning = report -> Bytes.EMPTY;
    instance.assertNotBound("instance-info.parse");
  }

  @Test
  void whoeverHasAChipIsNotAws() throws Exception {
    assertEquals("a chip's own key", provider(new SnpInstance(ForgedSnp.genuine())));
    for (String other :
        List.of(
            "CN=cc.example.com",
            "CN=cc-x.amazonaws.com.example.com",
            "CN=evil,CN=cc-a.amazonaws.com")) {
      assertEquals(other, provider(new SnpInstance(ForgedSnp.ofFleet(other))));
    }
  }

  /** Whose key it says it is, that is not AWS's. */
  private static String provider(SnpInstance instance) throws Exception {
    return instance.assertOnlyNotGood("report.provider").with(Outcome.FAILED).getFirst().actual();
  }

  @Test
  void asksThePolicysOwnWordBesideTheReport() throws Exception {
    SnpInstance instance = ofAws();
    instance.child("akTrust").put("mode", "pinned").putArray("keys").add("00".repeat(32));
    instance.assertNotBound("ak.trust");
  }

  @Test
  void aConfigNeedsNoWordOnSnp() throws Exception {
    SnpInstance instance = ofAws();
    instance.config.remove("snp");
    instance.config.put("amdRootKey", Pem.encode(instance.forged.root));
    instance.config.put("snpVersion", 0);
    new AwsSevSnp(EndorsementSource.NONE).policy(instance.config);
  }

  @Test
  void showsWhatIsInADocument() throws Exception {
    Bytes document = ForgedVtpm.genuine().document();
    List<Fact> facts = PcrPolicy.show(document);
    assertEquals(facts, new AwsSevSnp(EndorsementSource.NONE).show(document));
    assertEquals(facts, new AwsNitroTpm().show(document));
  }

  @Test
  void thePolicyMayNameTheRegions() throws Exception {
    SnpInstance instance = ofAws();
    instance.child("snp").putArray("cspIds").add("CN=cc-us-east-2.amazonaws.com");
    instance.assertOnlyNotGood("policy.csp-id");
    instance.child("snp").putArray("cspIds").add("CN=cc-eu-west-1.amazonaws.com");
    instance.assertAccepted();
  }

  @Test
  void onlyTheLaunchMustReachTheContractsVersions() throws Exception {
    SnpInstance instance = ofAws();
    instance.child("snp").remove("minimumTcb");
    instance.config.put("snpVersion", 0);
    // The contract's versions are those of Milan.
    instance.assertOnlyNotGood("tcb.line");
  }

  @Test
  void aReportThatIsNotGoodIsGenuineStill() throws Exception {
    SnpInstance instance = ofAws();
    instance.forged.report.u32(SoftwareReport.VMPL, 2);
    instance.assertOnlyNotGood("policy.vmpl");
  }

  @Test
  void theHypervisorsDocumentMayBeAskedForBesideIt() throws Exception {
    SnpInstance instance = ofAws();
    instance.child("nitroDocument").putObject("pcrs").put("4", "00".repeat(48));
    instance.assertNotBound("nitro.parse");
  }

  // aws-nitro-tpm

  static final class NitroInstance extends CloudCase {
    Consumer<ForgedNitro> change = f -> {};
    boolean document = true;
    boolean silent;
    boolean listed = true;

    NitroInstance() {
      super(new AwsNitroTpm(), ForgedNitro.NOW, Json.newObject());
      vtpm.banks.add(Digests.SHA384);
    }

    /** Requires the document, of software with these registers. */
    ObjectNode required() {
      ObjectNode required = child("nitroDocument");
      required.putObject("pcrs").put("4", vtpm.pcrs(Digests.SHA384).get(4).hex());
      return required;
    }

    @Override
    protected @Nullable Bytes instanceInfo() {
      if (silent) {
        return null;
      }
      ObjectNode info = Json.newObject().put("instanceId", "i-1").put("imageId", "ami-1");
      if (document) {
        ForgedNitro forged =
            ForgedNitro.with(f -> {
              f.nonce = extra();
              f.publicKey = Bytes.of(vtpm.key.getPublic().getEncoded());
              f.pcrs.putAll(vtpm.pcrs(Digests.SHA384));
              change.accept(f);
            });
        if (listed && config.hasNonNull("nitroDocument")) {
          child("nitroDocument").putArray("roots").add(forged.root.certificatePem());
        }
        info.put("nitroDocument", forged.document().base64());
      }
      return Bytes.ofUtf8(Json.line(info));
    }
  }

  @Test
  void takesAnyKeyAsOldPeersDoAndSaysSo() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.document = false;
    assertTrue(
        instance.assertAccepted().with(Outcome.WARNING).stream()
            .anyMatch(c -> c.id().id().equals("ak.trust")));
    instance.child("akTrust").put("mode", "pinned").putArray("keys").add("00".repeat(32));
    instance.assertNotBound("ak.trust");
  }

  @Test
  void acceptsAKeyThatTheHypervisorsDocumentNames() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.required();
    var appraisal = instance.assertAccepted();
    assertEquals(
        "i-0123456789-tpm",
        appraisal.claims().orElseThrow().identity().get(Identifier.INSTANCE_ID));
    assertTrue(
        appraisal.with(Outcome.WARNING).stream().noneMatch(c -> c.id().id().equals("ak.trust")));
  }

  private record Bad(String check, Consumer<ForgedNitro> change) {}

  @TestFactory
  Stream<DynamicTest> refusesDocumentsByEachCheckAlone() {
    return Stream.of(
            new Bad("nitro.parse", f -> f.tail = Bytes.zeros(1)),
            new Bad("nitro.nonce", f -> f.nonce = Bytes.zeros(32)),
            new Bad("nitro.key", f -> f.publicKey = null),
            new Bad("nitro.key", f -> f.publicKey = Bytes.EMPTY),
            new Bad("nitro.ak", f -> f.publicKey = Bytes.of(OTHER.getEncoded())),
            new Bad("nitro.pcr", f -> f.pcrs.remove(4)),
            new Bad("nitro.quote", f -> f.pcrs.put(5, ForgedNitro.filled(9))))
        .map(bad ->
            DynamicTest.dynamicTest(
                bad.check(),
                () -> {
                  NitroInstance instance = new NitroInstance();
                  instance.required();
                  instance.change = bad.change();
                  instance.assertNotBound(bad.check());
                }));
  }

  @Test
  void refusesARequiredDocumentThatIsMissing() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.required().putArray("roots").add("aws-nitro-root-g1");
    instance.document = false;
    instance.assertNotBound("nitro.parse");
    instance.silent = true;
    instance.assertNotBound("nitro.parse");
  }

  @Test
  void withoutRootsInTheConfigTheHypervisorIsAwss() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.required();
    instance.listed = false;
    instance.assertNotBound("nitro.chain");
  }

  @Test
  void refusesAQuoteWithoutTheBankThatTheHypervisorKnows() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.required();
    instance.vtpm.banks.remove(Digests.SHA384);
    instance.assertNotBound("nitro.quote");
  }

  @Test
  void asksThePolicysOwnWordBesideTheDocument() throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.required();
    ObjectNode trust = instance.child("akTrust").put("mode", "pinned");
    trust.putArray("keys").add("00".repeat(32));
    assertTrue(
        instance.assertNotBound("ak.trust").with(Outcome.SKIPPED).stream()
            .anyMatch(c -> c.id().id().equals("nitro.signature")));
    trust.putArray("keys").add(TpmtPublic.parse(instance.vtpm.publicArea()).name().hex());
    assertTrue(
        instance
            .assertAccepted()
            .claims()
            .orElseThrow()
            .identity()
            .containsKey(Identifier.INSTANCE_ID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"pcrs\":{}}",
        "{\"pcrs\":{\"4\":\"00\"}}",
        "{\"pcrs\":{\"4\":\"PCR\"},\"roots\":[]}",
        "{\"pcrs\":{\"4\":\"PCR\"},\"roots\":\"aws-nitro-root-g1\"}",
        "{\"pcrs\":{\"4\":\"PCR\"},\"roots\":[\"other\"]}",
        "{\"pcrs\":{\"4\":\"PCR\"},\"root\":\"\"}"
      })
  void refusesConfigsThatProveNothing(String member) throws Exception {
    NitroInstance instance = new NitroInstance();
    instance.config.set("nitroDocument", Json.object("m", member.replace("PCR", "00".repeat(48))));
    instance.assertMalformed("");
  }
}
