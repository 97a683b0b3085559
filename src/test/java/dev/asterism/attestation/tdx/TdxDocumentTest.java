package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.device.SoftwareTdx;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Documents of a TD in software, from issue to verdict. */
class TdxDocumentTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("user data");
  private static final Bytes NONCE = Bytes.ofUtf8("a nonce that nobody sent before.");
  private static final Bytes CLUSTER_ID = Bytes.ofUtf8("a cluster id that has 32 bytes..");
  private static final Bytes MRTD = Digests.SHA384.of(Bytes.ofUtf8("firmware"));

  @TempDir private Path folder;

  private SoftwareTdx td;

  private final TdxTrust trust = new TdxTrust(platform -> COLLATERAL);

  private static final TdxCollateral COLLATERAL = TdxSteps.collateral(ForgedTdx.genuine());

  @BeforeEach
  void switchOn() throws IOException {
    td = SoftwareTdx.create(folder.resolve("td.json"), ForgedTdx.VENDOR, MRTD, ForgedTdx.PPID);
  }

  private Policy policy(TdxBinding binding) throws MalformedException {
    ObjectNode config = ForgedTdx.config();
    config.putObject("measurements").put("0", MRTD.hex());
    return TdxDocumentPolicy.parse(binding, config, trust);
  }

  private Bytes issue(TdxBinding binding, Bytes log) throws IssueException {
    return new TdxIssuer(binding, td, () -> Optional.ofNullable(log)).issue(USER_DATA, NONCE);
  }

  private static Appraisal judge(Policy policy, Bytes document) {
    return policy.verifier().verify(document, new Challenge(NONCE, USER_DATA, ForgedTdx.AT));
  }

  @ParameterizedTest
  @EnumSource(TdxBinding.class)
  void aDocumentIsAcceptedForItsChallengeAlone(TdxBinding binding) throws Exception {
    Bytes document = issue(binding, null);
    var verifier = policy(binding).verifier();

    Appraisal good = judge(policy(binding), document);
    assertTrue(good.accepted(), good::reason);
    assertEquals(USER_DATA, good.claims().orElseThrow().userData());
    assertEquals(ForgedTdx.PPID.hex(), good.claims().orElseThrow().identity().get(Identifier.PPID));
    assertEquals(MRTD, good.claims().orElseThrow().measurements().get(0));
    assertEquals(
        java.util.List.of("quote.report-data"),
        TdxSteps.failed(
            verifier.verify(document, new Challenge(Bytes.zeros(32), USER_DATA, ForgedTdx.AT))));
    Appraisal others = verifier.verify(document, new Challenge(NONCE, Bytes.EMPTY, ForgedTdx.AT));
    assertEquals(java.util.List.of("document.user-data"), TdxSteps.failed(others));
    assertTrue(others.claims().isEmpty());
  }

  @Test
  void aDocumentOfOneVariantIsNoneOfTheOther() throws Exception {
    assertEquals(
        java.util.List.of("quote.report-data"),
        TdxSteps.failed(judge(policy(TdxBinding.QEMU), issue(TdxBinding.METAL, null))));
  }

  @Test
  void oldPeersFindTheHashOfBothAndZeros() throws Exception {
    TdQuote quote =
        TdQuote.parse(TdxDocument.parse(TdxBinding.QEMU, issue(TdxBinding.QEMU, null)).rawQuote());

    assertEquals(
        Bytes.concat(Digests.SHA256.of(USER_DATA, NONCE), Bytes.zeros(32)),
        quote.body().reportData());
  }

  @Test
  void theClusterIdGoesToRtmr2AndTellsMembersFromOthers() throws Exception {
    var register = new RtmrRegister(td);
    Policy policy = policy(TdxBinding.METAL);
    assertTrue(register.read().isAllZero());
    assertTrue(judge(policy.unspent(), issue(TdxBinding.METAL, null)).accepted());
    assertFalse(judge(policy.bootstrapped(), issue(TdxBinding.METAL, null)).accepted());

    register.extend(CLUSTER_ID);

    Bytes document = issue(TdxBinding.METAL, null);
    assertEquals(register.expectedAfter(CLUSTER_ID), register.read());
    assertEquals(
        Digests.SHA384.of(Bytes.zeros(48), Digests.SHA384.of(CLUSTER_ID)), register.read());
    assertTrue(judge(policy.memberOf(CLUSTER_ID), document).accepted());
    assertTrue(judge(policy.bootstrapped(), document).accepted());
    assertFalse(judge(policy.unspent(), document).accepted());
    assertFalse(judge(policy.memberOf(Bytes.zeros(32)), document).accepted());

    td.powerCycle();
    assertTrue(register.read().isAllZero());
  }

  @Test
  void aLogMustExplainTheRegistersOfTheFirmware() throws Exception {
    var log = new EventLogWriter(Set.of(Digests.SHA384));
    log.event(1, EventType.EFI_VARIABLE_BOOT, Bytes.ofUtf8("boot"));
    Policy policy = policy(TdxBinding.METAL);
    assertEquals(
        java.util.List.of("eventlog.replay"),
        TdxSteps.failed(judge(policy, issue(TdxBinding.METAL, log.toBytes()))));

    td.extend(0, Digests.SHA384.of(Bytes.ofUtf8("boot")));
    td.extend(2, Digests.SHA384.of(CLUSTER_ID));

    assertTrue(judge(policy, issue(TdxBinding.METAL, log.toBytes())).accepted());
  }

  @Test
  void whatALogCannotExplainIsToldApart() throws Exception {
    Policy policy = policy(TdxBinding.METAL);
    var sha256 = new EventLogWriter(Set.of(Digests.SHA256));
    sha256.event(1, EventType.EFI_VARIABLE_BOOT, Bytes.ofUtf8("boot"));
    Appraisal other = judge(policy, issue(TdxBinding.METAL, sha256.toBytes()));
    assertEquals(java.util.List.of("eventlog.replay"), TdxSteps.failed(other));
    assertTrue(other.reason().contains("no SHA-384 digests"), other::reason);

    var empty = new EventLogWriter(Set.of(Digests.SHA384));
    Appraisal nothing = judge(policy, issue(TdxBinding.METAL, empty.toBytes()));
    assertTrue(nothing.accepted(), nothing::reason);
    assertEquals(
        java.util.List.of("the log has no events: nothing explains the registers"),
        nothing.with(Outcome.WARNING).stream().map(c -> c.note()).toList());

    var beyond = new EventLogWriter(Set.of(Digests.SHA384));
    beyond.event(5, EventType.EFI_VARIABLE_BOOT, Bytes.ofUtf8("boot"));
    assertEquals(
        java.util.List.of("eventlog.replay"),
        TdxSteps.failed(judge(policy, issue(TdxBinding.METAL, beyond.toBytes()))));

    var later = new EventLogWriter(Set.of(Digests.SHA384));
    later.event(3, EventType.EFI_VARIABLE_BOOT, Bytes.ofUtf8("boot"));
    later.event(4, EventType.EFI_VARIABLE_BOOT, Bytes.ofUtf8("boot"));
    Appraisal extended = judge(policy, issue(TdxBinding.METAL, later.toBytes()));
    assertTrue(extended.accepted(), extended::reason);
    assertEquals(
        java.util.List.of("RTMR 2 was extended after the log; RTMR 3 was extended after the log"),
        extended.checks().stream()
            .filter(c -> c.id().id().equals("eventlog.replay"))
            .map(c -> c.note())
            .toList());
  }

  @Test
  void theOtherVariantHasNoPlaceForALog() throws Exception {
    var issuer =
        new TdxIssuer(
            TdxBinding.QEMU,
            td,
            () -> {
              throw new AssertionError("nobody asks for a log");
            });

    assertFalse(Json.object("document", issuer.issue(USER_DATA, NONCE)).has("EventLog"));
  }

  @Test
  void whatIsNotGenuineByItsCollateralClaimsNothing() throws Exception {
    TdxCollateral others =
        TdxSteps.collateral(
            ForgedTdx.with(f ->
                f.replaced.put(
                    "pck-crl.der", f.vendor.revocationList(f.vendor.root(), java.util.List.of()))));
    ObjectNode config = ForgedTdx.config();
    config.putObject("measurements").put("0", MRTD.hex());
    Policy policy =
        TdxDocumentPolicy.parse(TdxBinding.METAL, config, new TdxTrust(platform -> others));

    Appraisal refused = judge(policy, issue(TdxBinding.METAL, null));

    assertEquals(java.util.List.of("collateral.crl"), TdxSteps.failed(refused));
    assertTrue(refused.claims().isEmpty());
  }

  @Test
  void aDocumentReachesToItsLimits() throws Exception {
    Bytes quote = TdxDocument.parse(TdxBinding.METAL, issue(TdxBinding.METAL, null)).rawQuote();
    var most = new TdxDocument(quote, Bytes.ofUtf8("log"), NONCE);
    assertEquals(most, TdxDocument.parse(TdxBinding.METAL, most.write(TdxBinding.METAL)));
    var longest = new TdxDocument(quote, null, Bytes.concat(NONCE, NONCE));
    assertEquals(longest, TdxDocument.parse(TdxBinding.METAL, longest.write(TdxBinding.METAL)));
    Bytes longer =
        new TdxDocument(quote, null, Bytes.concat(NONCE, NONCE, Bytes.zeros(1)))
            .write(TdxBinding.METAL);
    assertThrows(MalformedException.class, () -> TdxDocument.parse(TdxBinding.METAL, longer));
    var empty = Json.object("document", longest.write(TdxBinding.METAL)).put("EventLog", "");
    assertEquals(longest, TdxDocument.parse(TdxBinding.METAL, Bytes.ofUtf8(Json.line(empty))));
    empty.remove("UserData");
    assertEquals(
        Bytes.EMPTY,
        TdxDocument.parse(TdxBinding.METAL, Bytes.ofUtf8(Json.line(empty))).userData());
    // Who is of the other variant looks at no log.
    assertEquals(null, TdxDocument.parse(TdxBinding.QEMU, most.write(TdxBinding.METAL)).eventLog());
  }

  @Test
  void aDocumentIsShownToPeople() throws Exception {
    Bytes document = issue(TdxBinding.METAL, Bytes.ofUtf8("log"));
    var facts = TdxDocumentPolicy.show(TdxBinding.METAL, document);
    assertEquals(USER_DATA.hex(), facts.getFirst().value());
    assertEquals("3 bytes", facts.getLast().value());
    assertEquals(
        facts.size() - 1,
        TdxDocumentPolicy.show(TdxBinding.METAL, issue(TdxBinding.METAL, null)).size());
  }

  @Test
  void whoSaysNothingOfUserDataTakesAny() throws Exception {
    Appraisal good =
        policy(TdxBinding.METAL)
            .verifier()
            .verify(issue(TdxBinding.METAL, null), new Challenge(NONCE, null, ForgedTdx.AT));
    assertTrue(good.accepted(), good::reason);
    assertEquals(
        java.util.List.of("document.user-data", "nobody said what it must be"),
        good.with(Outcome.SKIPPED).stream()
            .filter(c -> c.id().id().startsWith("document"))
            .flatMap(c -> java.util.stream.Stream.of(c.id().id(), c.note()))
            .toList());
  }

  @Test
  void ofItsOwnRegistersProgramsFreeOnlyWarns() throws Exception {
    var own = OwnRegisters.read(td).byIndex();
    assertEquals(
        java.util.List.of(4), own.keySet().stream().filter(i -> own.get(i).warnOnly()).toList());
  }

  @Test
  void anotherImageIsRefusedAndStillSaysWhoItIs() throws Exception {
    td.extend(1, Digests.SHA384.of(Bytes.ofUtf8("a back door")));
    ObjectNode config = ForgedTdx.config();
    config.putObject("measurements").put("0", MRTD.hex()).put("2", "00".repeat(48));
    Policy policy = TdxDocumentPolicy.parse(TdxBinding.METAL, config, trust);

    Appraisal refused = judge(policy, issue(TdxBinding.METAL, null));

    assertEquals(java.util.List.of("measurement"), TdxSteps.failed(refused));
    assertEquals("RTMR 1", TdxSteps.only(refused).subject());
    assertTrue(refused.claims().isPresent());
  }

  @Test
  void withoutCollateralItIsUndecidedUnlessThePolicyDoesWithout() throws Exception {
    ObjectNode config = ForgedTdx.config();
    config.putObject("measurements").put("0", MRTD.hex());
    TdxTrust none = new TdxTrust(TdxCollateralSource.NONE);
    Bytes document = issue(TdxBinding.METAL, null);

    assertEquals(
        Verdict.UNDECIDED,
        judge(TdxDocumentPolicy.parse(TdxBinding.METAL, config, none), document).verdict());
    config.put("collateral", "optional");
    assertTrue(judge(TdxDocumentPolicy.parse(TdxBinding.METAL, config, none), document).accepted());
  }

  @Test
  void whatIsNoDocumentIsRefused() throws Exception {
    for (String json : new String[] {"", "{}", "{\"RawQuote\": \"AA==\"}", "[]"}) {
      assertEquals(
          java.util.List.of("document.parse"),
          TdxSteps.failed(judge(policy(TdxBinding.QEMU), Bytes.ofUtf8(json))));
    }
  }

  @Test
  void whatAMachineRunsIsGoodForAnotherOfItsImage() throws Exception {
    ObjectNode config = ForgedTdx.config();
    config.set("measurements", OwnRegisters.read(td).toJson());

    assertTrue(
        judge(
                TdxDocumentPolicy.parse(TdxBinding.METAL, config, trust),
                issue(TdxBinding.METAL, null))
            .accepted());
  }

  @Test
  void aDeviceThatFailsIsNamed() {
    var gone = new SoftwareTdx(folder.resolve("nothing"));
    var issuer = new TdxIssuer(TdxBinding.METAL, gone, Optional::empty);

    var e = assertThrows(IssueException.class, () -> issuer.issue(USER_DATA, NONCE));
    assertTrue(e.getMessage().contains("nothing"), e::getMessage);
    assertThrows(IssueException.class, () -> new RtmrRegister(gone).read());
    assertThrows(IssueException.class, () -> new RtmrRegister(gone).extend(CLUSTER_ID));
  }
}
