package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.NOW;
import static dev.asterism.testing.ForgedSnp.filled;
import static dev.asterism.testing.ForgedSnp.hex;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Bundles of kind {@code snp-report}, by their manifest and by a config. */
class SnpReportKindTest {
  private final SnpReportKind kind = new SnpReportKind(new ChainVerifier());
  private final ObjectNode manifest = Json.newObject();
  private final ObjectNode policy = manifest.putObject("inputs").putObject("policy");
  private final ObjectNode trust = manifest.putObject("trust");
  private final Map<String, Bytes> files = new TreeMap<>();
  private ForgedSnp forged = ForgedSnp.genuine();

  SnpReportKindTest() {
    manifest.putObject("files").put("report", "a.bin").put("root", "ark.der");
    trust.put("file", "ark.der");
    fill();
  }

  private void fill() {
    files.put("report", forged.signedReport());
    files.put("leaf", ForgedSnp.der(forged.leaf()));
    files.put("intermediate", ForgedSnp.der(forged.intermediate));
    files.put("root", ForgedSnp.der(forged.root));
    files.put("crl", forged.crl);
    policy.put("report_data", reportData().hex());
  }

  private void forge(Consumer<ForgedSnp> change) {
    forged = ForgedSnp.with(change);
    fill();
  }

  private Bytes reportData() {
    try {
      return SnpReport.parse(forged.signedReport()).reportData();
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Bundle bundle() {
    return new Bundle("snp-report", manifest, files);
  }

  private Appraisal appraise(Bundle.Ruling ruling) throws MalformedException {
    return kind.appraise(bundle(), ruling, NOW);
  }

  private Appraisal appraise() throws MalformedException {
    return appraise(Bundle.Ruling.NONE);
  }

  private void assertAccepted() throws MalformedException {
    assertEquals(Verdict.ACCEPTED, appraise().verdict(), appraise()::reason);
  }

  private void assertOnly(String check) throws MalformedException {
    assertOnly(check, appraise());
  }

  private static void assertOnly(String check, Appraisal appraisal) {
    assertEquals(Verdict.REFUSED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList());
  }

  private void assertUnreadable(String reason) {
    var e = assertThrows(MalformedException.class, this::appraise);
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @Test
  void aGenuineReportIsAcceptedAndClaimsNothing() throws Exception {
    assertAccepted();
    assertTrue(appraise().claims().isEmpty());
    assertEquals(java.util.Set.of("snp-report"), kind.kinds());
    files.remove("crl");
    assertAccepted();
  }

  @Test
  void filesAreRead() throws Exception {
    files.put("report", Bytes.EMPTY);
    assertOnly("files.parse");
    fill();
    for (String role : List.of("leaf", "intermediate", "root")) {
      Bytes certificate = files.remove(role);
      trust.remove("file");
      assertOnly("files.parse");
      assertTrue(appraise().reason().contains("files." + role), appraise().reason());
      files.put(role, certificate);
    }
    files.remove("report");
    assertUnreadable("files.report");
  }

  @Test
  void nothingIsAskedOfAReportThatIsNotItsCertificates() throws Exception {
    forge(f -> f.extensions.put("1.3.6.1.4.1.3704.1.3.9", hex("020101")));
    assertOnly("leaf.tcb");
    assertTrue(appraise().reason().contains("is not a part of Genoa"), appraise().reason());
    assertTrue(
        appraise().with(Outcome.SKIPPED).stream()
            .anyMatch(c -> c.id().equals(SnpReportKind.REPORT_DATA)));
  }

  @Test
  void aManifestMayHaveNoPolicy() throws Exception {
    ((ObjectNode) manifest.get("inputs")).remove("policy");
    assertAccepted();
  }

  @Test
  void theReportIsGenuine() throws Exception {
    files.put(
        "report",
        ForgedSnp.with(f ->
                f.afterSigning =
                    r ->
                        Bytes.concat(
                            r.slice(0, 0x90), r.slice(0x50, 0x90), r.slice(0xD0, r.length())))
            .signedReport());
    assertOnly("report.signature");
  }

  @Test
  void theReportsDataIsWhatWasSaid() throws Exception {
    policy.put("report_data", filled(64, 1).hex());
    assertOnly("report.data");
    Bytes data = reportData();
    assertTrue(appraise(new Bundle.Ruling(null, null, data)).accepted());
    policy.put("report_data", data.hex());
    assertOnly("report.data", appraise(new Bundle.Ruling(null, null, filled(64, 1))));

    policy.remove("report_data");
    assertEquals(
        List.of("report.data"),
        appraise().with(Outcome.WARNING).stream()
            .map(c -> c.id().id())
            .filter(id -> id.startsWith("report"))
            .toList());
    assertAccepted();
    for (String other : List.of("", data.hex().substring(2), data.hex() + "00")) {
      policy.put("report_data", other);
      assertOnly("report.data");
    }
    policy.put("report_data", "xx");
    assertUnreadable("inputs.policy.report_data");
  }

  @Test
  void theManifestsPolicyCounts() throws Exception {
    policy.put("measurement", ForgedSnp.MEASUREMENT.hex());
    assertAccepted();
    String measurement = ForgedSnp.MEASUREMENT.hex();
    for (String other : List.of(filled(48, 1).hex(), "", measurement.substring(2))) {
      policy.put("measurement", other);
      assertOnly("policy.measurement");
    }
    policy.remove("measurement");

    policy.putArray("vmpl").add(1);
    assertOnly("policy.vmpl");
    policy.putArray("vmpl").add(0);
    assertAccepted();
  }

  @ParameterizedTest
  @CsvSource({"19, allow_debug", "18, allow_migration_agent"})
  void whatTheManifestAllowsIsAllowed(int bit, String member) throws Exception {
    forge(f -> f.report.u64(SoftwareReport.POLICY, 0x30000L | (1L << bit)));
    assertOnly("policy.guest-policy");
    policy.put(member, false);
    assertOnly("policy.guest-policy");
    policy.putNull(member);
    assertOnly("policy.guest-policy");
    policy.put(member, true);
    assertAccepted();
    policy.put(member, "true");
    assertUnreadable("is not true or false");
  }

  @Test
  void theMinimumIsForLinesThatHaveItsParts() throws Exception {
    ObjectNode minimum = policy.putObject("min_tcb");
    minimum.put("microcode", 0x54);
    assertAccepted();
    minimum.put("microcode", 0x55);
    for (TcbMinimum.Kind each : TcbMinimum.Kind.values()) {
      assertTrue(
          appraise().with(Outcome.FAILED).stream().anyMatch(c -> c.id().equals(each.check())));
    }
    minimum.put("microcode", 1).put("fmc", 1);
    assertOnly("tcb.line");
    minimum.put("other", 1);
    assertUnreadable("has a member that is no component");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"unknown\":1}", "{\"vmpl\":[]}", "{\"measurement\":\"0\"}", "{\"min_tcb\":1}"})
  void whatTheManifestCannotMeanIsAnError(String text) throws Exception {
    ((ObjectNode) manifest.get("inputs")).set("policy", Json.object("policy", text));
    assertThrows(MalformedException.class, this::appraise);
  }

  @Test
  void theManifestSaysWhichRootIsTrusted() throws Exception {
    trust.remove("file");
    assertOnly("chain.root");
    trust.put("anchor", "amd-ark-genoa");
    assertOnly("chain.root");
    trust.put("anchor", "nobody");
    assertUnreadable("is not the id of an anchor");
    for (String other : List.of("intel-sgx-root", "amd-ask-genoa")) {
      trust.put("anchor", other);
      assertOnly("chain.root");
    }
    trust.put("anchor", "amd-ark-genoa").put("file", "ark.der");
    assertUnreadable("names both anchor and file");
    trust.remove("anchor");
    assertAccepted();
    trust.put("file", "other.der");
    assertUnreadable("is not one of the bundle's files");
  }

  @Test
  void aConfigOfOnesOwnCountsInstead() throws Exception {
    ObjectNode config = forged.config();
    policy.put("unknown", 1);
    var ruling = new Bundle.Ruling(config, null, null);
    assertTrue(appraise(ruling).accepted(), appraise(ruling)::reason);
    ForgedSnp.snp(config).put("minimumGuestSvn", 8);
    assertOnly("policy.guest-svn", appraise(ruling));
    ForgedSnp.snp(config).put("minimumGuestSvn", 7).remove("roots");
    assertOnly("chain.root", appraise(ruling));
    files.remove("crl");
    config = forged.config();
    assertEquals(Verdict.UNDECIDED, appraise(new Bundle.Ruling(config, null, null)).verdict());
    policy.put("report_data", filled(64, 1).hex());
    ForgedSnp.snp(config).put("revocation", "ifAvailable");
    assertOnly("report.data", appraise(new Bundle.Ruling(config, null, null)));
  }

  @Test
  void aManifestTakesAnyProvidersKeyAndSaysSo() throws Exception {
    KeyPair fleets = PssAuthority.newKey(2048);
    forge(f -> {
      f.extensions.remove("1.3.6.1.4.1.3704.1.4");
      f.extensions.put("1.3.6.1.4.1.3704.1.5", hex("160161"));
      f.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2));
      PssAuthority.Request leaf = f.request();
      PssAuthority authority =
          f.maker()
              .rootAuthority()
              .authority(
                  fleets,
                  new PssAuthority.Request(
                      fleets.getPublic(),
                      "CN=SEV-VLEK-Genoa",
                      leaf.serial(),
                      leaf.notBefore(),
                      leaf.notAfter(),
                      true,
                      Map.of()));
      f.intermediate = authority.certificate();
      f.leaf =
          authority.issue(
              new PssAuthority.Request(
                  leaf.key(),
                  "CN=SEV-VLEK",
                  leaf.serial(),
                  leaf.notBefore(),
                  leaf.notAfter(),
                  false,
                  leaf.extensions()));
    });
    assertAccepted();
    assertTrue(
        appraise().with(Outcome.WARNING).stream()
            .anyMatch(c -> c.id().id().equals("policy.csp-id")));
  }

  @Test
  void aRevokedChainIsRefused() throws Exception {
    files.put("crl", forged.crl(NOW.minusSeconds(1), NOW.plusSeconds(1), 2L));
    assertOnly("crl.revoked");
  }

  @Test
  void aReportIsShownToPeople() throws Exception {
    forge(f ->
        f.report
            .u64(SoftwareReport.POLICY, 0xB0000)
            .u64(SoftwareReport.PLATFORM_INFO, 0x21)
            .set(SoftwareReport.HOST_DATA, hex("0a".repeat(32))));
    Map<String, String> facts = facts();
    assertEquals(reportData().hex(), facts.get("report data"));
    assertEquals("0a".repeat(32), facts.get("host data"));
    assertEquals("5", facts.get("report version"));
    assertEquals(forged.hardwareId.hex(), facts.get("chip id"));
    assertEquals(filled(32, 0x22).hex(), facts.get("report id"));
    assertEquals(ForgedSnp.MEASUREMENT.hex(), facts.get("measurement"));
    assertEquals(filled(16, 0x44).hex(), facts.get("family id"));
    assertEquals(filled(16, 0x45).hex(), facts.get("image id"));
    assertEquals(filled(48, 0x55).hex(), facts.get("id key digest"));
    assertEquals(filled(48, 0x66).hex(), facts.get("author key digest"));
    assertEquals("7", facts.get("guest svn"));
    assertEquals("0", facts.get("VMPL"));
    List<Fact> alone = ReportFacts.of(SnpReport.parse(files.get("report")), CertificateSet.NONE);
    assertEquals(facts.size() - 3, alone.size());
    assertEquals("VCEK", facts.get("signed by"));
    assertEquals("b0000: smt, debug", facts.get("guest policy"));
    assertEquals("21: smt, aliasCheck", facts.get("platform info"));
    assertTrue(facts.get("processor (family, model, stepping)").endsWith(", Genoa"));
    for (String tcb : List.of("launch TCB", "committed TCB", "current TCB", "reported TCB")) {
      assertTrue(facts.get(tcb).contains("microcode 84"), tcb);
    }
    assertTrue(facts.get("leaf").contains("CN=SEV-VCEK"));
    assertTrue(facts.get("intermediate").contains("CN=SEV-Genoa"));
    assertTrue(facts.get("root").contains("CN=ARK-Genoa"));

    forge(f ->
        f.report
            .u32(SoftwareReport.VERSION, 2)
            .set(SoftwareReport.CPUID, Bytes.zeros(3))
            .u64(SoftwareReport.PLATFORM_INFO, 0));
    facts = facts();
    assertEquals("0", facts.get("platform info"));
    assertEquals(16, facts.get("launch TCB").length());
    assertEquals(null, facts.get("processor (family, model, stepping)"));
  }

  private Map<String, String> facts() throws MalformedException {
    return kind.show(bundle()).stream().collect(Collectors.toMap(Fact::label, Fact::value));
  }
}
