package dev.asterism.attestation.tpm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.eventlog.EventLogWriter;
import dev.asterism.attestation.eventlog.EventOrder;
import dev.asterism.attestation.eventlog.EventType;
import dev.asterism.crypto.Digests;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault alone: all else in the document is right, and signed. */
class VtpmVerifierTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Digests BANK = Digests.SHA256;
  private static final String CALL = "Calling EFI Application from Boot Option";
  private static final Bytes DATA = Bytes.ofUtf8("data");

  @Test
  void acceptsADocumentWithoutAFault() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    Appraisal appraisal = verify(genuine);

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal.reason());
    Claims claims = appraisal.claims().orElseThrow();
    assertEquals(genuine.userData, claims.userData());
    assertEquals(genuine.pcrs(BANK), claims.measurements());
    assertEquals("5", claims.identity().get(Identifier.RESET_COUNT));
    assertEquals("7", claims.identity().get(Identifier.RESTART_COUNT));
    assertEquals(
        "000b" + BANK.of(genuine.publicArea()).hex(), claims.identity().get(Identifier.AK_NAME));
  }

  @Test
  void acceptsEverySchemeThatAKeyCanHave() {
    assertAccepted(f -> f.ecdsa("secp256r1", Digests.SHA256));
    assertAccepted(f -> f.ecdsa("secp384r1", Digests.SHA384));
    assertAccepted(f -> {
      f.areaScheme = ForgedVtpm.RSAPSS;
      f.scheme = ForgedVtpm.RSAPSS;
    });
    assertAccepted(f -> {
      f.areaScheme = ForgedVtpm.NULL;
      f.hash = Digests.SHA512;
    });
  }

  @Test
  void acceptsQuotesOfSeveralBanks() {
    assertAccepted(f -> f.banks.addAll(List.of(Digests.SHA1, Digests.SHA384)));
    assertAccepted(f -> f.banks.addFirst(Digests.SHA384));
  }

  @Test
  void bindsTheInstanceInfo() {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.instanceInfo = DATA);
    assertEquals(Verdict.ACCEPTED, verify(forged).verdict());

    var swapped = forged.json();
    swapped.put("InstanceInfo", Bytes.ofUtf8("other").base64());
    assertOnly("quote.nonce", verify(forged, Bytes.ofUtf8(Json.line(swapped))));
  }

  @Test
  void refusesWhatCannotBeParsed() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    assertOnly("document.parse", verify(genuine, Bytes.EMPTY));
    assertOnly("document.parse", verify(genuine, Bytes.ofUtf8("{}")));
    assertRefused("document.parse", f -> f.attestTail = Bytes.zeros(2));
    assertRefused("document.parse", f -> f.signatureTail = Bytes.zeros(1));
    assertRefused("document.parse", f -> f.areaTail = Bytes.zeros(1));
    assertRefused("document.parse", f -> f.eventLog = DATA);
    assertRefused("document.parse", f -> f.type = 0x8017);
  }

  @Test
  void refusesAKeyThatTheTpmDoesNotKeepToItselfAndToQuotes() {
    long good = 0x00050072L;
    for (long bit : new long[] {1 << 1, 1 << 4, 1 << 5, 1 << 16, 1 << 18, 1 << 17}) {
      assertRefused("ak.attributes", f -> f.attributes = good ^ bit);
    }
    assertEquals("00050072", attributes(good));
    assertEquals("not fixedTPM", attributes(good ^ 1 << 1));
    assertEquals("not restricted, decrypt", attributes(good ^ 3 << 16));
  }

  /** As a verdict names them. */
  private static String attributes(long attributes) {
    return verify(ForgedVtpm.with(f -> f.attributes = attributes)).checks().stream()
        .filter(c -> c.id().id().equals("ak.attributes"))
        .findFirst()
        .orElseThrow()
        .actual();
  }

  @Test
  void refusesAnotherSchemeThanTheKeyIsBoundTo() {
    assertRefused("quote.algorithm", f -> f.scheme = ForgedVtpm.RSAPSS);
    assertRefused("quote.algorithm", f -> f.hash = Digests.SHA384);
  }

  @Test
  void refusesSha1EvenFromAKeyThatIsBoundToIt() {
    assertRefused(
        "quote.algorithm",
        f -> {
          f.areaHash = 0x04;
          f.hash = Digests.SHA1;
        });
  }

  @Test
  void refusesTheSignatureOfAnotherKey() throws Exception {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    ForgedVtpm other = ForgedVtpm.with(f -> f.key = ForgedVtpm.keyPair("other RSA"));
    Bytes foreign = other.rawSignature(genuine.attest(BANK));
    assertRefused("quote.signature", f -> f.signature = foreign);
    assertRefused("quote.signature", f -> f.signature = Bytes.zeros(256));
    assertRefused("quote.signature", f -> f.signature = Bytes.EMPTY);
  }

  @Test
  void refusesAnEcdsaSignatureOfZeros() throws Exception {
    assertRefused(
        "quote.signature",
        f -> {
          f.ecdsa("secp256r1", Digests.SHA256);
          f.signature =
              Bytes.concat(Bytes.of(new byte[] {0, 1, 0}), Bytes.of(new byte[] {0, 1, 0}));
        });
  }

  @Test
  void refusesWhatSoftwareSignedWithTheKey() {
    assertRefused("quote.magic", f -> f.magic = 0);
  }

  @Test
  void refusesAnotherNonce() {
    assertRefused("quote.nonce", f -> f.extraData = DATA);
    assertRefused("quote.nonce", f -> f.extraData = Bytes.EMPTY);
    assertRefused(
        "quote.nonce", f -> f.extraData = Bytes.concat(f.qualifyingData(), Bytes.zeros(1)));
    assertRefused("quote.nonce", f -> f.extraData = f.qualifyingData().slice(0, 31));
  }

  @Test
  void refusesTheAnswerToAnotherChallenge() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var challenge = new Challenge(DATA, genuine.userData, NOW);
    assertOnly("quote.nonce", policy(genuine).verifier().verify(genuine.document(), challenge));
  }

  @Test
  void refusesASelectionThatIsNotAllOfTheBank() {
    assertRefused("quote.selection", f -> f.selected.remove(4));
    assertRefused("quote.selection", f -> f.selected.clear());
    assertRefused("quote.selection", f -> f.selections = 0);
    assertRefused("quote.selection", f -> f.selections = 2);
    assertRefused("quote.selection", f -> f.selectedHash = 0x0c);
  }

  @Test
  void refusesValuesThatWereNotQuoted() {
    assertRefused("quote.digest", f -> f.shown.put(20, BANK.of(DATA)));
    assertRefused("quote.digest", f -> f.pcrDigest = BANK.of(DATA));
    assertRefused("quote.digest", f -> f.pcrDigest = Bytes.EMPTY);
  }

  @Test
  void refusesAMissingValue() {
    var json = ForgedVtpm.genuine().json();
    ((tools.jackson.databind.node.ObjectNode) json.at("/Attestation/quotes/0/pcrs/pcrs"))
        .remove("4");
    assertOnly("quote.digest", verify(ForgedVtpm.genuine(), Bytes.ofUtf8(Json.line(json))));
  }

  @Test
  void refusesADocumentWithoutExactlyOneQuoteOfTheBankThatCounts() {
    assertRefused("document.banks", f -> f.banks.set(0, Digests.SHA384));
    assertRefused("document.banks", f -> f.banks.add(Digests.SHA256));
    assertRefused("document.banks", f -> f.banks.addAll(List.of(Digests.SHA1, Digests.SHA1)));
    assertRefused("document.banks", f -> f.banks.clear());
  }

  @Test
  void refusesADocumentOneOfWhoseOtherQuotesIsForged() {
    ForgedVtpm forged = ForgedVtpm.with(f -> f.banks.add(Digests.SHA384));
    var json = forged.json();
    var quote = (tools.jackson.databind.node.ObjectNode) json.at("/Attestation/quotes/1/pcrs/pcrs");
    quote.put("7", Bytes.zeros(48).base64());
    assertOnly("quote.digest", verify(forged, Bytes.ofUtf8(Json.line(json))));
  }

  @Test
  void refusesSomebodyElsesUserData() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var challenge = new Challenge(genuine.nonce, DATA, NOW);
    Appraisal appraisal = policy(genuine).verifier().verify(genuine.document(), challenge);

    assertOnly("document.user-data", appraisal);
    assertEquals(Optional.empty(), appraisal.claims());
  }

  @Test
  void cannotBeToldOtherUserDataThanWasQuoted() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var json = genuine.json();
    json.put("UserData", DATA.base64());
    var challenge = new Challenge(genuine.nonce, DATA, NOW);
    assertOnly(
        "quote.nonce", policy(genuine).verifier().verify(Bytes.ofUtf8(Json.line(json)), challenge));
  }

  @Test
  void looksAtSavedEvidenceWithoutUserData() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var challenge = new Challenge(genuine.nonce, null, NOW);
    Appraisal appraisal = policy(genuine).verifier().verify(genuine.document(), challenge);

    assertTrue(appraisal.accepted());
    assertEquals(Outcome.SKIPPED, outcome(appraisal, "document.user-data"));
  }

  @Test
  void acceptsALogThatReplays() {
    Appraisal appraisal = verify(withLog(log -> {}));
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal.reason());
    assertEquals(Outcome.PASSED, outcome(appraisal, "eventlog.replay"));
    assertEquals(Outcome.PASSED, outcome(appraisal, "eventlog.order"));
  }

  @Test
  void refusesALogThatDoesNotReplay() {
    ForgedVtpm forged = withLog(log -> {});
    forged.eventLog = ordinary().action(1, "more").toBytes();
    Appraisal appraisal = verify(forged);

    assertOnly("eventlog.replay", appraisal);
    assertTrue(appraisal.claims().isPresent(), "genuine, though not good");
    assertTrue(appraisal.reason().startsWith("sha256 PCR 1 of the event log"), appraisal.reason());
  }

  @Test
  void refusesALogWithoutTheBankThatCounts() {
    ForgedVtpm forged =
        ForgedVtpm.with(f -> f.eventLog = new EventLogWriter(EnumSet.of(Digests.SHA384)).toBytes());
    assertOnly("eventlog.replay", verify(forged));
  }

  @Test
  void replaysEveryBankThatIsQuoted() {
    var writer = new EventLogWriter(EnumSet.of(BANK, Digests.SHA384)).action(4, CALL).separators();
    ForgedVtpm forged = withLog(writer);
    forged.banks.add(Digests.SHA384);
    assertOnly("eventlog.replay", verify(forged));

    forged.pcrs(Digests.SHA384).putAll(writer.log().replay(Digests.SHA384));
    assertEquals(Verdict.ACCEPTED, verify(forged).verdict());
  }

  @Test
  void saysThatTheLogDoesNotExplainABankBesideTheOneThatCounts() {
    ForgedVtpm forged = withLog(log -> {});
    forged.banks.add(Digests.SHA384);
    Appraisal appraisal = verify(forged);

    assertTrue(appraisal.accepted());
    assertEquals(
        List.of("ak.trust", "eventlog.replay"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());
  }

  @Test
  void refusesALogThatNoFirmwareWrites() {
    Appraisal appraisal = verify(withLog(log -> log.event(7, EventType.IPL, DATA)));
    assertOnly("eventlog.order", appraisal);
    assertTrue(appraisal.reason().contains("PCR 7"), appraisal::reason);
  }

  @Test
  void refusesALogWithoutTheActionThatOldPeersLookFor() {
    var log = new EventLogWriter(EnumSet.of(BANK)).separators();
    Appraisal appraisal =
        verify(withLog(log.event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA)));
    assertOnly("eventlog.order", appraisal);
    assertTrue(appraisal.reason().contains(EventOrder.LACKS_ACTION), appraisal::reason);
  }

  @Test
  void takesADocumentWithoutALogAndSaysSo() {
    Appraisal appraisal = verify(ForgedVtpm.genuine());
    assertTrue(appraisal.accepted());
    assertEquals(Outcome.WARNING, outcome(appraisal, "eventlog.replay"));
  }

  @Test
  void refusesAMeasurementThatIsNotTheReferenceValue() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    ForgedVtpm other = ForgedVtpm.with(f -> f.pcrs(BANK).put(4, BANK.of(DATA)));
    Appraisal appraisal =
        policy(genuine)
            .verifier()
            .verify(other.document(), new Challenge(other.nonce, other.userData, NOW));

    assertOnly("measurement", appraisal);
    assertEquals(
        "PCR 4: expected " + genuine.pcrs(BANK).get(4) + " got " + BANK.of(DATA),
        appraisal.reason());
    assertTrue(appraisal.claims().isPresent());
  }

  @Test
  void onlyWarnsOfAMismatchThatThePolicyTolerates() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var reference = new TreeMap<Integer, Measurements.Measurement>();
    reference.put(4, new Measurements.Measurement(BANK.of(DATA), true));
    var policy = new PcrPolicy(Variant.QEMU_VTPM, new Measurements(reference), new AkTrust.Any());
    Appraisal appraisal =
        policy
            .verifier()
            .verify(genuine.document(), new Challenge(genuine.nonce, genuine.userData, NOW));

    assertTrue(appraisal.accepted());
    assertEquals(Outcome.WARNING, outcome(appraisal, "measurement"));
    assertTrue(
        appraisal.with(Outcome.WARNING).stream()
            .anyMatch(c -> c.subject().equals("PCR 4") && c.note().equals("warn only")));
  }

  @Test
  void theClusterRegisterAloneSaysNothingAboutWhatRuns() throws Exception {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var reference = new TreeMap<Integer, Measurements.Measurement>();
    reference.put(15, new Measurements.Measurement(Bytes.zeros(32), false));
    reference.put(4, new Measurements.Measurement(genuine.pcrs(BANK).get(4), true));
    var policy = new PcrPolicy(Variant.QEMU_VTPM, new Measurements(reference), new AkTrust.Any());
    var challenge = new Challenge(genuine.nonce, genuine.userData, NOW);
    Appraisal appraisal = policy.verifier().verify(genuine.document(), challenge);
    assertTrue(appraisal.accepted());
    assertTrue(
        appraisal.with(Outcome.WARNING).stream()
            .anyMatch(c -> c.note().startsWith("the policy enforces no measurement")));

    Appraisal unset = policy.bootstrapped().verifier().verify(genuine.document(), challenge);
    assertOnly("measurement.set", unset);
    assertEquals("00".repeat(32), unset.with(Outcome.FAILED).getFirst().actual());
    Measurements set = ((PcrPolicy) policy.bootstrapped()).measurements();
    Checklist checks = new Checklist(PcrAppraisal.plan(set));
    Bytes attest = genuine.attest(BANK);
    PcrAppraisal.appraise(
        checks, new VerifiedQuote(TpmsAttest.parse(attest), BANK, new TreeMap<>()), set);
    assertEquals(
        List.of("no quoted value"),
        checks.conclude(null).with(Outcome.FAILED).stream().map(Check::actual).toList());
    ForgedVtpm member = ForgedVtpm.with(f -> f.pcrs(BANK).put(15, BANK.of(DATA)));
    assertTrue(policy.bootstrapped().verifier().verify(member.document(), challenge).accepted());
  }

  @Test
  void saysThatAPolicyWithoutMeasurementsMeansNothing() {
    ForgedVtpm genuine = ForgedVtpm.genuine();
    var policy =
        new PcrPolicy(Variant.QEMU_VTPM, new Measurements(new TreeMap<>()), new AkTrust.Any());
    Appraisal appraisal =
        policy
            .verifier()
            .verify(genuine.document(), new Challenge(genuine.nonce, genuine.userData, NOW));
    assertEquals(Outcome.WARNING, outcome(appraisal, "measurement"));
  }

  private static final CheckId SERVICE = new CheckId("ak.service", Stage.BINDING);

  private static Appraisal verify(Function<Checklist, Optional<AkBinding.Bound>> answer) {
    AkBinding binding =
        new AkBinding() {
          @Override
          public List<CheckId> plan() {
            return List.of(SERVICE);
          }

          @Override
          public Optional<Bound> check(Checklist checks, Presented presented) {
            return answer.apply(checks);
          }
        };
    ForgedVtpm genuine = ForgedVtpm.genuine();
    Verifier verifier =
        new PcrPolicy(Variant.QEMU_VTPM, policy(genuine).measurements(), binding).verifier();
    assertEquals(Variant.QEMU_VTPM, verifier.variant());
    return verifier.verify(genuine.document(), new Challenge(genuine.nonce, genuine.userData, NOW));
  }

  @Test
  void aBindingThatCannotBeCheckedDecidesNothing() {
    Appraisal appraisal =
        verify(checks -> {
          checks.unavailable(SERVICE, "nobody answers");
          return Optional.empty();
        });
    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertTrue(appraisal.claims().isEmpty());
  }

  /** The hardware's report names the key, and its vendor revoked what signed the report. */
  @Test
  void aBindingThatIsNoLongerGenuineClaimsNothing() {
    for (boolean genuine : new boolean[] {true, false}) {
      Appraisal appraisal =
          verify(checks ->
              Optional.of(
                  new AkBinding.Bound(
                      Map.of(),
                      (rest, log, at) -> {
                        rest.fail(SERVICE, "is not good");
                        return genuine;
                      })));
      assertOnly("ak.service", appraisal);
      assertEquals(genuine, appraisal.claims().isPresent());
    }
  }

  @Test
  void nothingIsVerifiedByAKeyOrForBanksThatAreNone() {
    for (Consumer<ForgedVtpm> change :
        List.<Consumer<ForgedVtpm>>of(
            f -> f.attributes |= 1 << 17, f -> f.banks.add(Digests.SHA256))) {
      Appraisal appraisal = verify(ForgedVtpm.with(change));
      assertEquals(Outcome.SKIPPED, outcome(appraisal, "quote.signature"));
      assertTrue(appraisal.claims().isEmpty());
    }
  }

  @Test
  void showsWhatIsInADocument() throws Exception {
    Bytes genuine = ForgedVtpm.genuine().document();
    List<String> bare = PcrPolicy.show(genuine).stream().map(Fact::label).toList();
    assertTrue(bare.containsAll(List.of("magic", "key name")));
    for (String absent : List.of("instanceInfo", "key certificates", "event log")) {
      assertFalse(bare.contains(absent), absent);
    }
    ForgedVtpm full = withLog(log -> {});
    full.instanceInfo = DATA;
    full.akCert = DATA;
    full.intermediateCerts.add(DATA);
    full.banks.add(Digests.SHA384);
    List<Fact> facts = PcrPolicy.show(full.document());
    assertTrue(facts.contains(new Fact("instanceInfo", "4 bytes")));
    assertTrue(facts.contains(new Fact("key certificates", "2")));
    assertTrue(facts.contains(new Fact("SHA-256 safe", "yes")));
    assertTrue(facts.contains(new Fact("SHA-384 magic", "ff544347")));
    assertTrue(facts.stream().anyMatch(f -> f.label().equals("event log")));
    ForgedVtpm unsafe = ForgedVtpm.with(f -> f.safe = 0);
    assertTrue(PcrPolicy.show(unsafe.document()).contains(new Fact("safe", "no")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ak.attributes", "ak.trust", "document.banks", "document.parse", "document.user-data",
        "eventlog.order", "eventlog.replay", "measurement", "quote.algorithm", "quote.digest",
        "quote.magic", "quote.nonce", "quote.selection", "quote.signature"
      })
  void listsEveryCheckInEveryVerdict(String check) {
    for (Appraisal appraisal :
        List.of(verify(ForgedVtpm.genuine()), verify(ForgedVtpm.genuine(), Bytes.EMPTY))) {
      assertTrue(appraisal.checks().stream().anyMatch(c -> c.id().id().equals(check)));
    }
  }

  private static EventLogWriter ordinary() {
    return new EventLogWriter(EnumSet.of(BANK))
        .event(0, EventType.S_CRTM_VERSION, DATA)
        .event(7, EventType.EFI_VARIABLE_DRIVER_CONFIG, DATA)
        .action(4, CALL)
        .separators()
        .event(4, EventType.EFI_BOOT_SERVICES_APPLICATION, DATA);
  }

  private static ForgedVtpm withLog(Consumer<EventLogWriter> more) {
    EventLogWriter writer = ordinary();
    more.accept(writer);
    return withLog(writer);
  }

  private static ForgedVtpm withLog(EventLogWriter writer) {
    return ForgedVtpm.with(f -> {
      f.eventLog = writer.toBytes();
      f.pcrs(BANK).putAll(writer.log().replay(BANK));
    });
  }

  private static void assertAccepted(Consumer<ForgedVtpm> change) {
    Appraisal appraisal = verify(ForgedVtpm.with(change));
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal.reason());
  }

  private static void assertRefused(String check, Consumer<ForgedVtpm> change) {
    assertOnly(check, verify(ForgedVtpm.with(change)));
  }

  private static void assertOnly(String check, Appraisal appraisal) {
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal::reason);
  }

  private static Outcome outcome(Appraisal appraisal, String check) {
    return appraisal.checks().stream()
        .filter(c -> c.id().id().equals(check))
        .map(Check::outcome)
        .findFirst()
        .orElseThrow();
  }

  private static Appraisal verify(ForgedVtpm forged) {
    return verify(forged, forged.document());
  }

  private static Appraisal verify(ForgedVtpm forged, Bytes document) {
    return policy(forged)
        .verifier()
        .verify(document, new Challenge(forged.nonce, forged.userData, NOW));
  }

  /** Reference values are what the document quotes. */
  private static PcrPolicy policy(ForgedVtpm forged) {
    var reference = new TreeMap<Integer, Measurements.Measurement>();
    for (int pcr : new int[] {4, 7, 9, 11, 15}) {
      reference.put(pcr, new Measurements.Measurement(forged.pcrs(BANK).get(pcr), false));
    }
    return new PcrPolicy(Variant.QEMU_VTPM, new Measurements(reference), new AkTrust.Any());
  }
}
