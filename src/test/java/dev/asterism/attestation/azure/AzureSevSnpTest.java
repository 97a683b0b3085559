package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.snp.SnpInstanceInfo;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.CloudCase;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedMaa;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class AzureSevSnpTest {
  private static final KeyPair OTHER = ForgedVtpm.keyPair("other RSA");

  private @Nullable Bytes keys = new ForgedMaa(ForgedSnp.NOW).keys();

  /** Has the keys of the service that the policy names, and nothing else. */
  private final EndorsementSource source =
      new EndorsementSource() {
        @Override
        public Answer get(EndorsementRequest request) {
          if (keys == null || !request.key().equals("azure-maa/maa.example/certs")) {
            return new Answer.Unavailable("nobody answers");
          }
          try {
            Endorsement endorsement = Endorsement.of(keys);
            var _ = request.inspection().inspect(endorsement);
            return new Answer.Found(endorsement);
          } catch (MalformedException e) {
            return new Answer.Unavailable(String.valueOf(e.getMessage()));
          }
        }

        @Override
        public Endorsement newest(EndorsementRequest request, Endorsement presented) {
          return presented;
        }
      };

  class Vm extends CloudCase {
    final ForgedSnp forged;
    final ForgedHcl hcl = ForgedHcl.with(ForgedHcl.SNP, vtpm.key.getPublic(), f -> {});
    @Nullable Bytes reportData;
    boolean withAzure = true;
    boolean withChain = true;
    String token = "";

    Vm() {
      this(SoftwareLine.GENOA);
    }

    Vm(SoftwareLine line) {
      super(new AzureSevSnp(source), ForgedSnp.NOW, ForgedSnp.genuine(line).config());
      this.forged = ForgedSnp.genuine(line);
      // The list of revoked certificates comes from elsewhere.
      child("snp").put("revocation", "ifAvailable");
      signers("Equal", ForgedSnp.filled(48, 0x55));
    }

    void signers(String enforcement, Bytes... digests) {
      ObjectNode node = config.putObject("firmwareSignerConfig");
      node.put("enforcementPolicy", enforcement).put("maaURL", "https://maa.example");
      var list = node.putArray("acceptedKeyDigests");
      for (Bytes digest : digests) {
        list.add(digest.hex());
      }
    }

    Bytes reportData() {
      return reportData == null ? hcl.reportData() : reportData;
    }

    @Override
    protected Bytes instanceInfo() {
      SnpInstanceInfo info =
          forged.instanceInfo(
              reportData(),
              withAzure ? new SnpInstanceInfo.Azure(hcl.runtimeData(), token) : null,
              null);
      return new SnpInstanceInfo(
              info.reportSigner(),
              withChain ? info.certChain() : null,
              info.attestationReport(),
              info.azure(),
              null)
          .write();
    }
  }

  @Test
  void acceptsAKeyThatTheParavisorNames() throws Exception {
    Appraisal appraisal = new Vm().assertAccepted();
    var identity = appraisal.claims().orElseThrow().identity();
    assertEquals(ForgedSnp.filled(32, 0x22).hex(), identity.get(Identifier.REPORT_ID));
    assertTrue(identity.containsKey(Identifier.AK_KEY));
  }

  @Test
  void takesWhatOldNodesWriteBesideIt() throws Exception {
    Vm vm =
        new Vm() {
          @Override
          protected Bytes instanceInfo() {
            try {
              ObjectNode node = Json.object("info", super.instanceInfo());
              return Bytes.ofUtf8(Json.line(node.put("New", true)));
            } catch (MalformedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    vm.assertAccepted();
  }

  @Test
  void theChainMayComeFromTheConfig() throws Exception {
    Vm vm = new Vm();
    vm.withChain = false;
    vm.child("snp").remove("roots");
    vm.config.put("amdRootKey", Pem.encode(vm.forged.root));
    assertEquals(Verdict.UNDECIDED, judgeWithoutSource(vm));
    vm.config.put("amdSigningKey", Pem.encode(vm.forged.intermediate));
    vm.assertAccepted();
  }

  private Verdict judgeWithoutSource(Vm vm) throws MalformedException {
    vm.vtpm.instanceInfo = vm.instanceInfo();
    return new AzureSevSnp(EndorsementSource.NONE)
        .policy(vm.config)
        .verifier()
        .verify(
            vm.vtpm.document(),
            new dev.asterism.attestation.Challenge(vm.vtpm.nonce, vm.vtpm.userData, vm.at))
        .verdict();
  }

  @Test
  void refusesInstanceInfoThatCannotBeRead() throws Exception {
    Vm vm = new Vm();
    vm.forged.afterSigning = report -> report.slice(0, 1183);
    vm.assertNotBound("instance-info.parse");
    Vm without =
        new Vm() {
          @Override
          protected @Nullable Bytes instanceInfo() {
            return null;
          }
        };
    without.assertNotBound("instance-info.parse");
  }

  @Test
  void refusesAReportThatIsNotGenuine() throws Exception {
    Vm vm = new Vm();
    vm.forged.leaf = ForgedSnp.genuine().leaf();
    vm.assertNotBound("report.signature");
  }

  @Test
  void refusesRuntimeDataThatTheReportDoesNotVouchFor() throws Exception {
    Vm vm = new Vm();
    vm.reportData = Bytes.zeros(64);
    vm.assertNotBound("hcl.runtime-data");
    vm.reportData = null;
    vm.withAzure = false;
    vm.assertNotBound("hcl.runtime-data");
  }

  @Test
  void refusesAnotherKeyThanTheOneThatIsNamed() throws Exception {
    Vm vm = new Vm();
    vm.hcl.claims.putArray("keys").add(ForgedHcl.jwk("HCLAkPub", OTHER.getPublic()));
    vm.assertNotBound("hcl.key");
    vm.hcl.claims.remove("keys");
    vm.assertNotBound("hcl.key");
  }

  @Test
  void refusesAKeyThatThePolicyDoesNotPinBesideIt() throws Exception {
    Vm vm = new Vm();
    vm.child("akTrust").put("mode", "pinned").putArray("keys").add("00".repeat(32));
    vm.assertNotBound("ak.trust");
    vm.certified();
    vm.assertAccepted();
  }

  @Test
  void refusesAQuoteForAnotherNonce() throws Exception {
    Vm vm = new Vm();
    vm.vtpm.extraData = Bytes.zeros(32);
    vm.assertOnly("quote.nonce");
  }

  @Test
  void whatIsGenuineAndNotGoodStillSaysWhoItIs() throws Exception {
    Vm vm = new Vm();
    vm.forged.report.u32(SoftwareReport.VMPL, 1);
    vm.assertOnlyNotGood("policy.vmpl");
    Vm measured = new Vm();
    measured.child("measurements").put("4", "00".repeat(32));
    measured.assertOnlyNotGood("measurement");
  }

  @ParameterizedTest
  @CsvSource({"bootloaderVersion", "teeVersion", "snpVersion", "microcodeVersion"})
  void theContractsVersionsAreThoseOfLaunchAndReport(String member) throws Exception {
    Vm vm = new Vm(SoftwareLine.MILAN);
    vm.child("snp").remove("minimumTcb");
    vm.config.put(member, 0);
    vm.assertAccepted();
    vm.config.put(member, 255);
    Appraisal appraisal = vm.judge();
    assertEquals(
        List.of("tcb.launch", "tcb.reported"),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
    vm.config.put(member, "latest");
    vm.assertMalformed("latest");
    vm.config.put(member, 256);
    vm.assertMalformed(member);
  }

  @Test
  void theContractsVersionsAreOfMilanAlone() throws Exception {
    Vm vm = new Vm();
    vm.config.put("snpVersion", 255);
    vm.assertAccepted();
    vm.child("snp").remove("minimumTcb");
    vm.assertOnlyNotGood("tcb.line");
  }

  @Test
  void refusesAParavisorThatSomebodyElseSigned() throws Exception {
    Vm vm = new Vm();
    vm.child("snp").remove("idKeyDigests");
    vm.forged.report.set(SoftwareReport.ID_KEY_DIGEST, ForgedSnp.filled(48, 1));
    vm.assertOnlyNotGood("paravisor.signer");
    vm.child("firmwareSignerConfig").put("enforcementPolicy", true);
    vm.assertOnlyNotGood("paravisor.signer");
    for (String lax : List.of("WarnOnly", "warnonly")) {
      vm.child("firmwareSignerConfig").put("enforcementPolicy", lax);
      assertWarns(vm);
    }
    vm.child("firmwareSignerConfig").put("enforcementPolicy", false);
    assertWarns(vm);
    vm.config.remove("firmwareSignerConfig");
    assertWarns(vm);
  }

  private static void assertWarns(Vm vm) throws MalformedException {
    assertTrue(
        vm.assertAccepted().with(Outcome.WARNING).stream()
            .anyMatch(c -> c.id().id().equals("paravisor.signer")));
  }

  @Test
  void saysToWhomASignerIsLeft() throws Exception {
    Vm vm = new Vm();
    assertEquals("", noteOnSigner(vm));
    vm.signers("MAAFallback", ForgedSnp.filled(48, 0x55));
    assertEquals("", noteOnSigner(vm));
    vm.signers("MAAFallback");
    assertEquals("left to Microsoft's attestation service", noteOnSigner(vm));
    vm.signers("Equal");
    assertEquals("", noteOnSigner(vm));
    vm.signers("WarnOnly");
    assertEquals("", noteOnSigner(vm));
  }

  private static String noteOnSigner(Vm vm) throws MalformedException {
    return noteOn("paravisor.signer", vm.judge());
  }

  private static String noteOn(String check, Appraisal appraisal) {
    return appraisal.checks().stream()
        .filter(c -> c.id().id().equals(check))
        .findFirst()
        .orElseThrow()
        .note();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Equals", "1", ""})
  void refusesConfigsThatSayNothing(String enforcement) {
    Vm vm = new Vm();
    vm.child("firmwareSignerConfig").put("enforcementPolicy", enforcement);
    vm.assertMalformed("enforcementPolicy");
    vm.child("firmwareSignerConfig").put("enforcementPolicy", 1);
    vm.assertMalformed("enforcementPolicy");
    vm.child("firmwareSignerConfig").remove("enforcementPolicy");
    vm.assertMalformed("enforcementPolicy");
    vm.signers("MAAFallback");
    for (String url : List.of("http://maa.example", "https://maa.example/path", "https://")) {
      vm.child("firmwareSignerConfig").put("maaURL", url);
      vm.assertMalformed("maaURL");
    }
    vm.signers("Equal", Bytes.zeros(47));
    vm.assertMalformed("acceptedKeyDigests");
    vm.child("firmwareSignerConfig").remove("acceptedKeyDigests");
    vm.assertMalformed("acceptedKeyDigests");
  }

  /** Of a signer that the policy does not list, with a token. */
  private Vm left(Consumer<ForgedMaa> change) {
    Vm vm = new Vm();
    vm.signers("MAAFallback");
    ForgedMaa maa = new ForgedMaa(ForgedSnp.NOW);
    change.accept(
        maa.about(ForgedSnp.filled(48, 0x55), vm.reportData(), ForgedSnp.MEASUREMENT, vm.extra()));
    vm.token = maa.token();
    return vm;
  }

  @Test
  void believesMicrosoftOfASignerThatIsNotListed() throws Exception {
    left(m -> {}).assertAccepted();
    left(m -> m.claims.put("nbf", ForgedSnp.NOW.getEpochSecond() + 60)).assertAccepted();
    left(m -> m.claims.put("exp", ForgedSnp.NOW.getEpochSecond() + 1)).assertAccepted();
  }

  @Test
  void asksNobodyOfASignerThatIsListed() throws Exception {
    keys = null;
    Vm vm = new Vm();
    vm.signers("MAAFallback", ForgedSnp.filled(48, 0x55));
    vm.assertAccepted();
  }

  @Test
  void withoutMicrosoftsKeysNothingIsDecided() throws Exception {
    keys = null;
    assertEquals(Verdict.UNDECIDED, left(m -> {}).judge().verdict());
    keys = Bytes.ofUtf8("{\"keys\":[{\"kid\":\"1\",\"kty\":\"RSA\"}]}");
    assertEquals(Verdict.UNDECIDED, left(m -> {}).judge().verdict());
  }

  private record Bad(String check, Consumer<ForgedMaa> change) {}

  @TestFactory
  Stream<DynamicTest> refusesTokensByEachCheckAlone() {
    return Stream.of(
            new Bad("maa.token", m -> m.header.put("alg", "none")),
            new Bad("maa.token", m -> m.header.putArray("crit").add("x")),
            new Bad("maa.token", m -> m.tail = ".more"),
            new Bad("maa.key", m -> m.header.put("kid", "another")),
            new Bad("maa.signature", m -> m.signer = OTHER),
            new Bad("maa.time", m -> m.claims.put("exp", ForgedSnp.NOW.getEpochSecond())),
            new Bad("maa.time", m -> m.claims.put("nbf", ForgedSnp.NOW.getEpochSecond() + 61)),
            new Bad("maa.time", m -> m.claims.remove("exp")),
            new Bad("maa.issuer", m -> m.claims.put("iss", "https://other.example")),
            new Bad("maa.nonce", m -> m.payload().put("nonce", "AAAA")),
            new Bad("maa.nonce", m -> m.claims.remove("x-ms-runtime")),
            new Bad("maa.report", m -> m.tee().put("x-ms-attestation-type", "tdxvm")),
            new Bad("maa.report", m -> m.tee().put("x-ms-sevsnpvm-idkeydigest", "00".repeat(48))),
            new Bad("maa.report", m -> m.tee().put("x-ms-sevsnpvm-reportdata", "00".repeat(64))),
            new Bad(
                "maa.report", m -> m.tee().put("x-ms-sevsnpvm-launchmeasurement", "00".repeat(48))),
            new Bad("maa.compliance", m -> m.tee().put("x-ms-compliance-status", "no")))
        .map(bad ->
            DynamicTest.dynamicTest(
                bad.check(),
                () -> {
                  Appraisal appraisal = left(bad.change()).assertOnly(bad.check());
                  // The last is asked only of a token that passed all others.
                  boolean skipped =
                      appraisal.with(Outcome.SKIPPED).stream()
                          .anyMatch(c -> c.id().id().equals("maa.compliance"));
                  assertEquals(!bad.check().equals("maa.compliance"), skipped);
                }));
  }

  @Test
  void wantsATokenWhereItIsLeftToMicrosoft() throws Exception {
    Vm vm = new Vm();
    vm.signers("MAAFallback");
    assertEquals("there is none", noteOn("maa.token", vm.assertOnly("maa.token")));
    vm.token = "x";
    assertEquals(
        "MAA token: is not header, claims and signature",
        noteOn("maa.token", vm.assertOnly("maa.token")));
  }

  @ParameterizedTest
  @CsvSource({"0,nothing", "200,200", "201,200 and more"})
  void recordsTheBeginningOfWhatATokenSays(int length, String shown) throws Exception {
    String status = "x".repeat(length);
    Appraisal appraisal = left(m -> m.tee().put("x-ms-compliance-status", status)).judge();
    String actual = appraisal.with(Outcome.FAILED).getFirst().actual();
    String expected =
        switch (shown) {
          case "200" -> status;
          case "nothing" -> "nothing";
          default -> "x".repeat(200) + "…";
        };
    assertEquals(expected, actual);
  }
}
