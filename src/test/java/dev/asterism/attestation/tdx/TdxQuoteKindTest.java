package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bundles of kind {@code tdx-quote}, by their manifest and by a config. */
class TdxQuoteKindTest {
  private static final Bytes DATA = ForgedSnp.filled(64, 7);

  private final TdxQuoteKind kind = new TdxQuoteKind();
  private final ObjectNode manifest = Json.newObject();
  private final ObjectNode inputs = manifest.putObject("inputs");
  private final ObjectNode policy = inputs.putObject("policy");
  private final ObjectNode trust = manifest.putObject("trust");
  private final Map<String, Bytes> files = new TreeMap<>();

  TdxQuoteKindTest() {
    policy.put("reportdata", DATA.hex());
    trust.put("file", "root.der");
    manifest.putObject("files").put("root", "root.der");
    forge(f -> {});
  }

  private void forge(Consumer<ForgedTdx> change) {
    ForgedTdx forged =
        ForgedTdx.with(f -> {
          f.quote.reportData = DATA;
          change.accept(f);
        });
    TdxCollateral collateral = TdxSteps.collateral(forged);
    files.put("quote", forged.quote.make());
    files.put("root", ForgedSnp.der(forged.vendor.rootCertificate()));
    files.put("tcb_info", collateral.tcbInfo());
    files.put("tcb_info_chain", collateral.tcbInfoChain());
    files.put("qe_identity", collateral.qeIdentity());
    files.put("qe_identity_chain", collateral.qeIdentityChain());
    files.put("root_crl", collateral.rootCrl());
    files.put("pck_crl", collateral.pckCrl());
  }

  private Appraisal appraise(Bundle.Ruling ruling) throws MalformedException {
    return kind.appraise(new Bundle("tdx-quote", manifest, files), ruling, ForgedTdx.AT);
  }

  private Appraisal appraise() throws MalformedException {
    return appraise(Bundle.Ruling.NONE);
  }

  private void assertOnly(String check) throws MalformedException {
    assertEquals(List.of(check), TdxSteps.failed(appraise()));
  }

  private void assertUnreadable(String field) {
    var e = assertThrows(MalformedException.class, this::appraise);
    assertEquals(field, e.field());
  }

  @Test
  void aGenuineQuoteIsAccepted() throws Exception {
    Appraisal good = appraise();
    assertTrue(good.accepted(), good::reason);
    assertEquals(Variant.TDX, good.claims().orElseThrow().variant());
    assertEquals(
        Variant.QEMU_TDX,
        appraise(new Bundle.Ruling(null, Variant.QEMU_TDX, null)).claims().orElseThrow().variant());
    assertEquals(Set.of("tdx-quote"), kind.kinds());
    assertTrue(kind.show(new Bundle("tdx-quote", manifest, files)).size() > 20);
  }

  @Test
  void aQuoteThatCannotBeReadIsRefused() throws Exception {
    files.put("quote", Bytes.EMPTY);
    assertOnly("quote.parse");
    files.remove("quote");
    assertUnreadable("files.quote");
  }

  @Test
  void whatFollowsASavedQuoteIsSaid() throws Exception {
    forge(f -> f.quote.padding = Bytes.ofUtf8("words"));
    Appraisal said = appraise();
    assertTrue(said.accepted(), said::reason);
    assertTrue(
        said.with(Outcome.WARNING).stream().anyMatch(c -> c.id().id().equals("quote.padding")));
  }

  @Test
  void theQuoteCarriesWhatWasSaid() throws Exception {
    policy.put("reportdata", ForgedSnp.filled(64, 8).hex());
    assertOnly("quote.report-data");
    assertTrue(appraise(new Bundle.Ruling(null, null, DATA)).accepted());
    policy.put("reportdata", "00");
    assertUnreadable("inputs.policy.reportdata");
    policy.remove("reportdata");
    Appraisal unasked = appraise();
    assertTrue(unasked.accepted(), unasked::reason);
    assertTrue(
        unasked.with(Outcome.WARNING).stream()
            .anyMatch(c -> c.id().equals(TdxVerification.REPORT_DATA)));
    var brief = new Bundle.Ruling(null, null, Bytes.zeros(63));
    assertThrows(MalformedException.class, () -> appraise(brief));
  }

  @Test
  void theManifestSaysWhichRootIsTrusted() throws Exception {
    trust.remove("file");
    assertOnly("pck.chain");
    trust.put("anchor", "intel-sgx-root");
    assertOnly("pck.chain");
    trust.put("anchor", "nobody");
    assertUnreadable("trust.anchor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mrtd", "rtmr0", "rtmr1", "rtmr2", "rtmr3"})
  void registersAreWhatTheManifestSays(String member) throws Exception {
    policy.put(member, "00".repeat(48));
    assertTrue(appraise().accepted());
    policy.put(member, "11".repeat(48));
    assertOnly("measurement");
    policy.put(member, "00");
    assertUnreadable("inputs.policy." + member);
  }

  @Test
  void ofARegisterThatNoQuoteHasTheManifestSaysNothing() throws Exception {
    policy.put("rtmr4", "11".repeat(48));
    assertTrue(appraise().accepted());
  }

  @Test
  void statusesAreThoseThatTheManifestAccepts() throws Exception {
    forge(f ->
        ((ObjectNode) ((ArrayNode) f.tcbInfo.get("tcbLevels")).get(0))
            .put("tcbStatus", "SWHardeningNeeded"));
    assertOnly("tcb.status");
    policy.putNull("accepted_tcb_status");
    assertOnly("tcb.status");
    policy.putArray("accepted_tcb_status").add("OutOfDate");
    assertOnly("tcb.status");
    policy.putArray("accepted_tcb_status").add("SWHardeningNeeded");
    assertTrue(appraise().accepted());
    String field = "inputs.policy.accepted_tcb_status";
    policy.putArray("accepted_tcb_status").add("Revoked");
    assertUnreadable(field);
    policy.putArray("accepted_tcb_status").add("Fine");
    assertUnreadable(field);
    policy.putArray("accepted_tcb_status").add(1);
    assertUnreadable(field);
    policy.put("accepted_tcb_status", "UpToDate");
    assertUnreadable(field);
  }

  @Test
  void statusesMayBeAcceptedTogetherOrEach() throws Exception {
    forge(f -> {
      ((ObjectNode) ((ArrayNode) f.tcbInfo.get("tcbLevels")).get(0))
          .put("tcbStatus", "ConfigurationNeeded");
      ((ObjectNode) ((ArrayNode) f.qeIdentity.get("tcbLevels")).get(0))
          .put("tcbStatus", "OutOfDate");
    });
    policy.putArray("accepted_tcb_status").add("UpToDate").add("ConfigurationNeeded");
    assertOnly("tcb.status");
    policy.putArray("accepted_tcb_status").add("ConfigurationNeeded").add("OutOfDate");
    assertOnly("tcb.status");
    policy.withArray("accepted_tcb_status").add("UpToDate");
    assertTrue(appraise().accepted());
    policy.putArray("accepted_tcb_status").add("OutOfDateConfigurationNeeded");
    assertTrue(appraise().accepted());
  }

  @Test
  void theQuotingEnclaveIsOfIntel() throws Exception {
    forge(f -> f.quote.qeVendorId = ForgedSnp.filled(16, 7));
    assertOnly("qe.vendor-id");
  }

  @Test
  void debuggingIsWhatTheManifestAllows() throws Exception {
    forge(f -> f.quote.tdAttributes = ForgedSnp.hex("0100000000000000"));
    assertOnly("td.debug");
    policy.put("allow_debug", false);
    assertOnly("td.debug");
    policy.putNull("allow_debug");
    assertOnly("td.debug");
    policy.put("allow_debug", true);
    assertTrue(appraise().accepted());
    policy.put("allow_debug", "yes");
    assertUnreadable("inputs.policy.allow_debug");
  }

  @Test
  void collateralIsAllThereOrNone() throws Exception {
    for (String role : List.copyOf(files.keySet())) {
      if (!role.equals("quote") && !role.equals("root")) {
        Bytes file = files.remove(role);
        assertUnreadable("files." + role);
        files.put(role, file);
      }
    }
    files.keySet().removeIf(role -> !role.equals("quote") && !role.equals("root"));
    assertEquals(Verdict.UNDECIDED, appraise().verdict());
    assertTrue(appraise().claims().isPresent());
    inputs.putNull("collateral");
    assertEquals(Verdict.UNDECIDED, appraise().verdict());
    inputs.put("collateral", false);
    assertTrue(appraise().accepted());
    inputs.put("collateral", "no");
    assertUnreadable("inputs.collateral");
  }

  @Test
  void whatIsNotGenuineClaimsNothing() throws Exception {
    files.put("pck_crl", files.get("root_crl"));
    assertOnly("collateral.crl");
    assertTrue(appraise().claims().isEmpty());
    forge(f -> f.quote.quoteSigner = ForgedTdx.pck().getPrivate());
    assertOnly("quote.signature");
    assertTrue(appraise().claims().isEmpty());
  }

  @Test
  void aConfigOfOnesOwnCountsInstead() throws Exception {
    policy.put("mrtd", "11".repeat(48)).put("allow_debug", "ignored");
    ObjectNode config = ForgedTdx.config();
    assertTrue(appraise(new Bundle.Ruling(config, null, null)).accepted());
    config.put("qeSVN", 5);
    assertEquals(
        List.of("qe.svn"), TdxSteps.failed(appraise(new Bundle.Ruling(config, null, null))));
    inputs.remove("policy");
    ObjectNode good = ForgedTdx.config();
    assertTrue(appraise(new Bundle.Ruling(good, null, DATA)).accepted());
  }
}
