package dev.asterism.attestation.azure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.snp.ChainVerifier;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Both kinds of Azure bundle: each check refuses alone. */
class AzureKindsTest {
  private static final Bytes NONCE = Bytes.ofUtf8("nonce");
  private static final KeyPair OTHER = ForgedVtpm.keyPair("other RSA");

  /** One kind of hardware, and a bundle of it that is good until something is changed. */
  private abstract static class Case {
    final EvidenceKind kind;
    final Instant at;
    final ForgedVtpm vtpm = ForgedVtpm.with(f -> f.extraData = NONCE);
    final ForgedHcl hcl;
    final Map<String, Bytes> files = new TreeMap<>();
    final ObjectNode inputs = Json.newObject();
    final ObjectNode trust = Json.newObject();
    final CertificateAuthority authority;

    Case(EvidenceKind kind, int reportType, Instant at) {
      this.kind = kind;
      this.at = at;
      this.hcl = ForgedHcl.with(reportType, vtpm.key.getPublic(), f -> {});
      this.authority = CertificateAuthority.create("root", at.minusSeconds(60), at.plusSeconds(60));
      inputs.put("nonce", NONCE.hex()).putObject("policy");
      quote();
    }

    final void quote() {
      quote(Digests.SHA256, "sha256");
    }

    final void quote(Digests hash, String name) {
      inputs.put("bank", name);
      Bytes attest = vtpm.attest(hash);
      files.put("attest", attest);
      files.put("signature", vtpm.signature(attest));
      ObjectNode pcrs = Json.newObject();
      ObjectNode bank = pcrs.putObject(name);
      vtpm.pcrs(hash).forEach((i, v) -> bank.put(Integer.toString(i), v.hex()));
      files.put("pcrs", Bytes.ofUtf8(pcrs.toString()));
    }

    /** With hardware that says this of the runtime data. */
    abstract void report(Bytes reportData);

    final ObjectNode policy() {
      return (ObjectNode) inputs.get("policy");
    }

    /** Microsoft's part: a certificate for the key. */
    final void certify(PublicKey key, Usage usage) {
      var request =
          new CertificateAuthority.Request(
              key, "CN=ak", at.minusSeconds(9), at.plusSeconds(9), usage, List.of(), List.of());
      files.put("ak_cert", ForgedSnp.der(authority.issue(request)));
      files.put("ak_root", ForgedSnp.der(authority.certificate()));
      trust.put("ak_file", "ak_root.bin");
    }

    final Bundle bundle() {
      ObjectNode manifest = Json.newObject();
      manifest.set("inputs", inputs);
      manifest.set("trust", trust);
      ObjectNode names = manifest.putObject("files");
      files.keySet().forEach(role -> names.put(role, role + ".bin"));
      return new Bundle(kind.kinds().iterator().next(), manifest, files);
    }

    final Appraisal appraise(@Nullable ObjectNode config) throws MalformedException {
      var ruling = new Bundle.Ruling(config, null, null);
      return kind.appraise(bundle(), ruling, at);
    }

    final void assertAccepted() throws MalformedException {
      Appraisal appraisal = appraise(null);
      assertTrue(appraisal.accepted(), appraisal.reason());
    }

    final void assertOnly(String check) throws MalformedException {
      assertOnly(check, null);
    }

    /** The same, and nobody asked further. */
    final void assertEnds(String check, String next) throws MalformedException {
      assertOnly(check);
      assertFalse(made(appraise(null)).contains(next), next);
    }

    final void assertOnly(String check, @Nullable ObjectNode config) throws MalformedException {
      Appraisal appraisal = appraise(config);
      assertEquals(
          List.of(check),
          appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
          appraisal.reason());
    }
  }

  private static Set<String> made(Appraisal appraisal) {
    return appraisal.checks().stream()
        .filter(c -> c.outcome() != Outcome.SKIPPED)
        .map(c -> c.id().id())
        .collect(Collectors.toSet());
  }

  private static final class Snp extends Case {
    final ForgedSnp forged = ForgedSnp.genuine();

    Snp() {
      super(new AzureSnpKind(new ChainVerifier()), ForgedHcl.SNP, ForgedSnp.NOW);
      policy().put("measurement", ForgedSnp.MEASUREMENT.hex());
      files.put("leaf", ForgedSnp.der(forged.leaf()));
      files.put("intermediate", ForgedSnp.der(forged.intermediate));
      files.put("root", ForgedSnp.der(forged.root));
      files.put("crl", forged.crl);
      trust.put("file", "root.bin");
      report(hcl.reportData());
    }

    @Override
    void report(Bytes reportData) {
      forged.report.set(SoftwareReport.REPORT_DATA, reportData);
      files.put("hcl_report", hcl.report(forged.report.signed(forged.key.getPrivate())));
    }
  }

  private static final class Tdx extends Case {
    final ForgedTdx forged = ForgedTdx.genuine();

    Tdx() {
      super(new AzureTdxKind(), ForgedHcl.TDX, ForgedTdx.AT);
      policy().put("mrtd", "00".repeat(48));
      Map<String, Bytes> collateral = forged.collateral();
      files.put("tcb_info", collateral.get("tcb-info.json"));
      files.put("tcb_info_chain", collateral.get("tcb-info-chain.pem"));
      files.put("qe_identity", collateral.get("qe-identity.json"));
      files.put("qe_identity_chain", collateral.get("qe-identity-chain.pem"));
      files.put("root_crl", collateral.get("root-crl.der"));
      files.put("pck_crl", collateral.get("pck-crl.der"));
      files.put("root", ForgedSnp.der(ForgedTdx.VENDOR.rootCertificate()));
      trust.put("file", "root.bin");
      report(hcl.reportData());
    }

    @Override
    void report(Bytes reportData) {
      forged.quote.reportData = reportData;
      files.put("quote", forged.quote.make());
      files.put("hcl_report", hcl.report(Bytes.zeros(1024)));
    }
  }

  private static Case of(String hardware) {
    return hardware.equals("snp") ? new Snp() : new Tdx();
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void acceptsAQuoteByTheKeyThatTheHardwareVouchesFor(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.assertAccepted();
    bundle.files.put("ak_public", bundle.vtpm.publicArea());
    bundle.inputs.put("user_data", "0a".repeat(64));
    bundle
        .policy()
        .put(hardware.equals("snp") ? "report_data" : "reportdata", bundle.hcl.reportData().hex());
    bundle.certify(bundle.vtpm.key.getPublic(), Usage.ATTESTATION_KEY);
    bundle.assertAccepted();
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void saysWhoAndWhat(String hardware) throws Exception {
    Case bundle = of(hardware);
    var claims = bundle.appraise(null).claims().orElseThrow();
    assertEquals(
        hardware.equals("snp") ? Variant.AZURE_SEV_SNP : Variant.AZURE_TDX, claims.variant());
    assertEquals(bundle.vtpm.pcrs(Digests.SHA256), claims.measurements());
    assertTrue(claims.identity().containsKey(Identifier.AK_KEY));
    assertTrue(
        claims
            .identity()
            .containsKey(hardware.equals("snp") ? Identifier.REPORT_ID : Identifier.PPID));
    assertTrue(
        bundle.kind.show(bundle.bundle()).contains(new Fact("runtime user-data", "0a".repeat(64))));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hcl_report", "attest", "pcrs"})
  void refusesFilesThatCannotBeRead(String role) throws Exception {
    for (String hardware : List.of("snp", "tdx")) {
      Case bundle = of(hardware);
      bundle.files.put(role, Bytes.zeros(3));
      bundle.assertOnly("files.parse");
      bundle.files.remove(role);
      assertThrows(MalformedException.class, () -> bundle.appraise(null));
    }
    Tdx tdx = new Tdx();
    tdx.files.put("quote", Bytes.zeros(3));
    tdx.assertOnly("files.parse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"leaf", "intermediate", "root"})
  void refusesAReportWithoutItsCertificates(String role) throws Exception {
    Snp snp = new Snp();
    snp.trust.remove("file");
    snp.files.remove(role);
    snp.assertOnly("files.parse");
  }

  @Test
  void refusesTheReportOfOtherHardware() throws Exception {
    Snp snp = new Snp();
    snp.hcl.reportType = ForgedHcl.TDX;
    snp.report(snp.hcl.reportData());
    snp.assertOnly("files.parse");
    Tdx tdx = new Tdx();
    tdx.hcl.reportType = ForgedHcl.SNP;
    tdx.report(tdx.hcl.reportData());
    tdx.assertOnly("files.parse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void refusesRuntimeDataThatTheReportDoesNotVouchFor(String hardware) throws Exception {
    String check = hardware.equals("snp") ? "hcl.runtime-data" : "tdx.quote.report-data";
    Case other = of(hardware);
    Bytes before = other.hcl.reportData();
    other.hcl.claims.put("user-data", "");
    other.report(before);
    other.assertEnds(check, "hcl.key");
    Case more = of(hardware);
    more.report(Bytes.concat(more.hcl.reportData().slice(0, 63), Bytes.ofUtf8("x")));
    more.assertOnly(check);
  }

  @Test
  void refusesAReportThatIsNotGenuine() throws Exception {
    Snp snp = new Snp();
    snp.files.put("leaf", ForgedSnp.der(ForgedSnp.genuine().leaf()));
    snp.assertEnds("report.signature", "hcl.runtime-data");
    Tdx tdx = new Tdx();
    tdx.forged.quote.quoteSigner = ForgedTdx.pck().getPrivate();
    tdx.report(tdx.hcl.reportData());
    tdx.assertEnds("tdx.quote.signature", "hcl.key");
  }

  @Test
  void aTdOfWhichIntelSaysSomethingElseSaysNotWhoItIs() throws Exception {
    Tdx tdx = new Tdx();
    tdx.files.put("pck_crl", tdx.files.get("root_crl"));
    assertTrue(tdx.appraise(null).claims().isEmpty());
    tdx.assertOnly("tdx.collateral.crl");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void aQuoteOfAnotherBankSaysNothingThatIsCompared(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.quote(Digests.SHA384, "sha384");
    bundle.assertAccepted();
    assertTrue(bundle.appraise(null).claims().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void showsWhereThereIsNoUserData(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.hcl.claims.remove("user-data");
    bundle.report(bundle.hcl.reportData());
    assertTrue(bundle.kind.show(bundle.bundle()).contains(new Fact("runtime user-data", "none")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void refusesAnotherKeyThanTheOneThatIsNamed(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.vtpm.key = OTHER;
    bundle.quote();
    bundle.assertOnly("quote.signature");
    bundle.files.put("ak_public", bundle.vtpm.publicArea());
    bundle.assertEnds("hcl.key", "quote.signature");
    bundle.files.remove("ak_public");
    bundle.files.put("ak", Bytes.of(OTHER.getPublic().getEncoded()));
    bundle.assertOnly("hcl.key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void refusesAKeyThatMaySignAnything(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.vtpm.attributes = 0x00040072;
    bundle.files.put("ak_public", bundle.vtpm.publicArea());
    bundle.assertOnly("ak.attributes");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void refusesWhatItWasNotAskedFor(String hardware) throws Exception {
    Case bundle = of(hardware);
    bundle.inputs.put("user_data", "0b".repeat(64));
    bundle.assertOnly("hcl.user-data");
    bundle.inputs.put("user_data", "0a".repeat(64));
    bundle.hcl.claims.remove("user-data");
    bundle.report(bundle.hcl.reportData());
    bundle.assertOnly("hcl.user-data");
    Case nonce = of(hardware);
    nonce.inputs.put("nonce", "00");
    nonce.assertOnly("quote.nonce");
    Case data = of(hardware);
    data.policy().put(hardware.equals("snp") ? "report_data" : "reportdata", "00".repeat(64));
    data.assertOnly("hcl.report-data");
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp", "tdx"})
  void refusesAKeyThatMicrosoftDoesNotCertify(String hardware) throws Exception {
    Case other = of(hardware);
    other.certify(OTHER.getPublic(), Usage.ATTESTATION_KEY);
    other.assertOnly("ak.certified");
    Case misused = of(hardware);
    misused.certify(misused.vtpm.key.getPublic(), Usage.CLIENT);
    misused.assertOnly("ak.certified");
    Case missing = of(hardware);
    missing.certify(missing.vtpm.key.getPublic(), Usage.ATTESTATION_KEY);
    missing.files.remove("ak_cert");
    missing.assertOnly("ak.chain");
    Case unnamed = of(hardware);
    unnamed.certify(unnamed.vtpm.key.getPublic(), Usage.ATTESTATION_KEY);
    unnamed.trust.remove("ak_file");
    unnamed.assertOnly("ak.chain");
  }

  @Test
  void refusesByThePolicy() throws Exception {
    Snp snp = new Snp();
    snp.policy().put("measurement", "00".repeat(48));
    snp.assertOnly("policy.measurement");
    Tdx tdx = new Tdx();
    tdx.policy().put("mrtd", "01".repeat(48));
    tdx.assertOnly("tdx.measurement");
  }

  @Test
  void aTdWithoutCollateralStaysUndecidedUnlessNoneIsAskedFor() throws Exception {
    Tdx tdx = new Tdx();
    for (String role :
        List.of(
            "tcb_info",
            "tcb_info_chain",
            "qe_identity",
            "qe_identity_chain",
            "root_crl",
            "pck_crl")) {
      tdx.files.remove(role);
    }
    assertEquals(Verdict.UNDECIDED, tdx.appraise(null).verdict());
    tdx.inputs.put("collateral", false);
    tdx.assertAccepted();
  }

  @Test
  void aConfigOfOnesOwnReplacesTheManifestsPolicy() throws Exception {
    Snp snp = new Snp();
    snp.policy().put("measurement", "00".repeat(48));
    ObjectNode config = snp.forged.config();
    reference(config, snp, 4);
    assertTrue(snp.appraise(config).accepted(), snp.appraise(config).reason());
    assertFalse(made(snp.appraise(config)).contains("ak.trust"));
    var signers = config.putObject("firmwareSignerConfig").put("enforcementPolicy", "Equal");
    signers.putArray("acceptedKeyDigests").add("00".repeat(48));
    snp.assertOnly("paravisor.signer", config);
    signers.put("enforcementPolicy", "MAAFallback").put("maaURL", "https://maa.example");
    snp.assertOnly("maa.token", config);
    config.remove("firmwareSignerConfig");
    config.putObject("akTrust").put("mode", "pinned").putArray("keys").add("00".repeat(32));
    snp.assertOnly("ak.trust", config);
    config.remove("akTrust");
    reference(config, snp, 5);
    snp.assertOnly("measurement", config);

    Tdx tdx = new Tdx();
    tdx.policy().put("mrtd", "01".repeat(48));
    ObjectNode td = ForgedTdx.config();
    reference(td, tdx, 4);
    assertTrue(tdx.appraise(td).accepted(), tdx.appraise(td).reason());
    td.putObject("tdMeasurements").put("0", "01".repeat(48));
    tdx.assertOnly("tdx.measurement", td);
  }

  /** PCR 4 must be what PCR {@code of} is. */
  private static void reference(ObjectNode config, Case bundle, int of) {
    config.putObject("measurements").put("4", bundle.vtpm.pcrs(Digests.SHA256).get(of).hex());
  }
}
