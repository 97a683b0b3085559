package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.NONCE;
import static dev.asterism.testing.ForgedSnp.NOW;
import static dev.asterism.testing.ForgedSnp.USER_DATA;
import static dev.asterism.testing.ForgedSnp.filled;
import static dev.asterism.testing.ForgedSnp.snp;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareAmd;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Every check of a document, each with only that check failing. */
class SnpVerifierTest {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final Bytes CLUSTER = filled(32, 0x09);

  /** RSA keys take long. */
  private static final KeyPair FLEETS = PssAuthority.newKey(2048);

  private static Policy policy(ObjectNode config) throws MalformedException {
    return new SevSnp(EndorsementSource.NONE).policy(config);
  }

  private static Appraisal judge(ForgedSnp forged) throws Exception {
    return judge(forged, forged.config(), NOW);
  }

  private static Appraisal judge(ForgedSnp forged, ObjectNode config, Instant at) throws Exception {
    return policy(config).verifier().verify(forged.document(), new Challenge(NONCE, USER_DATA, at));
  }

  /** Refused, and for that reason alone; what was not reached is skipped. */
  private static void assertOnly(String check, Appraisal appraisal) {
    assertEquals(Verdict.REFUSED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        List.of(check),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).distinct().toList(),
        appraisal::reason);
  }

  private static void refused(String check, Consumer<ForgedSnp> change) throws Exception {
    assertOnly(check, judge(ForgedSnp.with(change)));
  }

  private static void refusedBy(String check, Consumer<ObjectNode> policy) throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = forged.config();
    policy.accept(snp(config));
    assertOnly(check, judge(forged, config, NOW));
  }

  @ParameterizedTest
  @EnumSource
  void aGenuineDocumentOfEachLineIsAccepted(SoftwareLine line) throws Exception {
    Appraisal appraisal = judge(ForgedSnp.genuine(line));

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(List.of(), appraisal.with(Outcome.WARNING));
    assertEquals(
        filled(32, 0x22).hex(),
        appraisal.claims().orElseThrow().identity().get(Identifier.REPORT_ID));
    assertEquals(
        64,
        ForgedSnp.hex(appraisal.claims().orElseThrow().identity().get(Identifier.CHIP_ID))
            .length());
  }

  // Parsing

  @ParameterizedTest
  @ValueSource(ints = {0x4C, 0x18B, 0x19F, 0x1EB, 0x1EF, 0x208, 0x29F, 0x330, 0x49F, 0x4B, 0x0C})
  void whatIsReservedIsZero(int offset) throws Exception {
    refused("document.parse", f -> f.report.set(offset, filled(1, 0x80)));
  }

  @Test
  void ofNewerVersionsTheRestIsLeftAlone() throws Exception {
    Appraisal appraisal =
        judge(
            ForgedSnp.with(f ->
                f.report
                    .u32(SoftwareReport.VERSION, 6)
                    .set(0x208, filled(8, 1))
                    .u64(SoftwareReport.POLICY, 0x30000L | (1L << 26))
                    .u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 5))
                    .set(0x18B, filled(1, 1))));

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void mitigationVectorsAreReservedBeforeVersion5() throws Exception {
    refused(
        "document.parse",
        f -> f.report.u32(SoftwareReport.VERSION, 4).u64(SoftwareReport.LAUNCH_MITIGATIONS, 1));
  }

  @Test
  void versionsBelow2AndOtherAlgorithmsAreUnknown() throws Exception {
    refused("document.parse", f -> f.report.u32(SoftwareReport.VERSION, 1));
    refused("document.parse", f -> f.report.u32(SoftwareReport.SIGNATURE_ALGORITHM, 2));
    refused("document.parse", f -> f.report.u64(SoftwareReport.POLICY, 0x10000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"clusterId\":null}",
        "{\"bootId\":\"000102030405060708090a0b0c0d0e0f\"}",
        "{\"clusterId\":\"00\",\"bootId\":\"000102030405060708090a0b0c0d0e0f\"}",
        "{\"clusterId\":null,\"bootId\":\"00\"}",
        "{\"clusterId\":null,\"bootId\":\"000102030405060708090a0b0c0d0e0f\"} x",
      })
  void claimsHaveTheirForm(String claims) throws Exception {
    refused("document.parse", f -> f.claims = claims);
  }

  // Identity of the processor

  @Test
  void theSignerIsVcekOrVlek() throws Exception {
    refused("report.signer", f -> f.report.u32(SoftwareReport.SIGNER_INFO, 7 << 2));
    refused("report.signer", f -> f.report.u32(SoftwareReport.SIGNER_INFO, 2 << 2));
  }

  @Test
  void theProcessorIsOfALineThatWeKnow() throws Exception {
    refused("report.line", f -> f.report.set(SoftwareReport.CPUID, ForgedSnp.hex("1a1201")));
    refused("report.line", f -> f.report.set(SoftwareReport.CPUID, ForgedSnp.hex("193001")));
    refused("report.line", f -> f.report.set(SoftwareReport.CPUID, ForgedSnp.hex("170101")));
  }

  @Test
  void theProcessorIsOfTheChainsLine() throws Exception {
    refused("chain.line", f -> f.report.set(SoftwareReport.CPUID, ForgedSnp.hex("190101")));
  }

  @Test
  void inVersion2TheCertificateTellsTheLine() throws Exception {
    Consumer<ForgedSnp> old =
        f -> f.report.u32(SoftwareReport.VERSION, 2).set(SoftwareReport.CPUID, Bytes.zeros(3));
    ForgedSnp forged = ForgedSnp.with(old);
    assertEquals(Verdict.ACCEPTED, judge(forged).verdict());

    refused(
        "chain.line",
        f -> {
          old.accept(f);
          f.extensions.put(ARC + "2", text("Milan-B0"));
        });
    refused(
        "report.line",
        f -> {
          old.accept(f);
          f.extensions.put(ARC + "2", text("Naples"));
        });
    refused("document.parse", f -> f.report.u32(SoftwareReport.VERSION, 2));
    refused(
        "report.line",
        f -> {
          old.accept(f);
          f.extensions.remove(ARC + "2");
        });

    Appraisal nothing =
        judge(
            ForgedSnp.with(f -> {
              old.accept(f);
              f.stapled = false;
            }));
    assertEquals(Verdict.UNDECIDED, nothing.verdict());
    assertEquals("report.line", nothing.with(Outcome.UNAVAILABLE).getFirst().id().id());
  }

  private static Bytes text(String text) {
    return Bytes.concat(Bytes.of(new byte[] {0x16, (byte) text.length()}), Bytes.ofUtf8(text));
  }

  // The chain

  @Test
  void onlyRootsOfThePolicyAreTrusted() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = forged.config();
    snp(config).remove("roots");
    assertOnly("chain.root", judge(forged, config, NOW));

    snp(config).putArray("roots").add("amd-ark-genoa");
    assertOnly("chain.root", judge(forged, config, NOW));
  }

  @Test
  void aRootCountsForItsOwnLineOnly() throws Exception {
    SoftwareAmd milan = ForgedSnp.maker(SoftwareLine.MILAN);
    refused(
        "chain.root",
        f -> {
          // The same root key, which the policy pins for Genoa.
          f.intermediate = milan.intermediate();
          f.root = milan.root();
          f.leaf = milan.vcek(f.key.getPublic(), f.hardwareId, f.tcb);
        });
  }

  @Test
  void everyLinkIsSigned() throws Exception {
    SoftwareAmd other = ForgedSnp.stranger();
    refused("chain.path", f -> f.intermediate = other.intermediate());
    refused("chain.path", f -> f.leaf = other.vcek(f.key.getPublic(), f.hardwareId, f.tcb));
  }

  private static PssAuthority.Request changed(
      PssAuthority.Request r, String subject, boolean authority) {
    return new PssAuthority.Request(
        r.key(), subject, r.serial(), r.notBefore(), r.notAfter(), authority, r.extensions());
  }

  @Test
  void whoSignsALeafIsAnAuthority() throws Exception {
    refused(
        "chain.path",
        f -> {
          var pair = PssAuthority.newKey(2048);
          PssAuthority notOne =
              f.maker()
                  .rootAuthority()
                  .authority(
                      pair,
                      new PssAuthority.Request(
                          pair.getPublic(),
                          f.intermediate.getSubjectX500Principal().getName(),
                          BigInteger.TWO,
                          NOW.minus(Duration.ofDays(1)),
                          NOW.plus(Duration.ofDays(1)),
                          false,
                          Map.of()));
          f.intermediate = notOne.certificate();
          f.leaf = notOne.issue(f.request());
        });
  }

  @Test
  void aLeafIsNoAuthorityAndNamedAsALeaf() throws Exception {
    String subject = "CN=SEV-VCEK,O=x";
    refused(
        "chain.path",
        f -> f.leaf = f.maker().intermediateAuthority().issue(changed(f.request(), subject, true)));
    refused(
        "chain.path",
        f ->
            f.leaf =
                f.maker()
                    .intermediateAuthority()
                    .issue(changed(f.request(), "CN=SEV-VLEK,O=x", false)));
  }

  @Test
  void aLeafsKeyIsOnP384() throws Exception {
    refused(
        "chain.path",
        f ->
            f.leaf =
                f.maker()
                    .intermediateAuthority()
                    .issue(
                        f.maker()
                            .vcekRequest(
                                dev.asterism.crypto.KeyPairs.ecP256().getPublic(), f.extensions)));
  }

  @Test
  void theChainIsValidNow() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    Instant before = NOW.minus(Duration.ofDays(32));
    Instant after = NOW.plus(Duration.ofDays(8 * 365));

    assertOnly("chain.validity", judge(forged, forged.config(), before));
    assertOnly("chain.validity", judge(forged, forged.config(), after));
  }

  @Test
  void aChainThatIsRememberedIsStillJudgedByTime() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    Policy policy = policy(forged.config());
    Bytes document = forged.document();
    assertTrue(policy.verifier().verify(document, new Challenge(NONCE, USER_DATA, NOW)).accepted());

    assertOnly(
        "chain.validity",
        policy
            .verifier()
            .verify(document, new Challenge(NONCE, USER_DATA, NOW.plus(Duration.ofDays(8 * 365)))));
  }

  @Test
  void withoutCertificatesNothingIsDecided() throws Exception {
    Appraisal appraisal = judge(ForgedSnp.with(f -> f.stapled = false));

    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertEquals("chain.certificates", appraisal.with(Outcome.UNAVAILABLE).getFirst().id().id());
    assertTrue(appraisal.claims().isEmpty());
  }

  // Revocation

  @Test
  void withoutARevocationListThatIsRequiredNothingIsDecided() throws Exception {
    ForgedSnp forged = ForgedSnp.with(f -> f.crl = Bytes.EMPTY);
    Appraisal appraisal = judge(forged);
    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertEquals("crl.available", appraisal.with(Outcome.UNAVAILABLE).getFirst().id().id());
    assertTrue(appraisal.claims().isEmpty());

    ObjectNode config = forged.config();
    snp(config).put("revocation", "ifAvailable");
    appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict());
    assertEquals("crl.available", appraisal.with(Outcome.WARNING).getFirst().id().id());
  }

  @Test
  void revocationListsAreGenuineCurrentAndDecide() throws Exception {
    refused("crl.revoked", f -> f.crl = f.crl(NOW.minusSeconds(1), NOW.plusSeconds(1), 2L));
    refused("crl.current", f -> f.crl = f.crl(NOW.minusSeconds(9), NOW.minusSeconds(1)));
    refused("crl.current", f -> f.crl = f.crl(NOW.plusSeconds(1), NOW.plusSeconds(9)));
    refused("crl.signature", f -> f.crl = Bytes.concat(f.crl, Bytes.zeros(1)));
    refused(
        "crl.signature",
        f -> f.crl = ForgedSnp.stranger().crl(NOW.minusSeconds(1), NOW.plusSeconds(9), List.of()));
    refused(
        "crl.signature",
        f ->
            f.crl =
                ForgedSnp.maker(SoftwareLine.MILAN)
                    .crl(NOW.minusSeconds(1), NOW.plusSeconds(9), List.of()));
  }

  @Test
  void everyCertificateOfAChainCanBeRevoked() throws Exception {
    for (long serial : new long[] {1, 2, 77}) {
      refused(
          "crl.revoked",
          f -> {
            f.leaf =
                f.maker()
                    .intermediateAuthority()
                    .issue(numbered(f.request(), BigInteger.valueOf(77)));
            f.crl = f.crl(NOW.minusSeconds(1), NOW.plusSeconds(1), serial);
          });
    }
  }

  private static PssAuthority.Request numbered(PssAuthority.Request r, BigInteger serial) {
    return new PssAuthority.Request(
        r.key(), r.subject(), serial, r.notBefore(), r.notAfter(), false, r.extensions());
  }

  @Test
  void nothingMoreIsAskedBehindAListThatRefuses() throws Exception {
    Consumer<ForgedSnp> unsigned = f -> f.afterSigning = r -> flipped(r, 0x50);
    refused(
        "crl.revoked",
        unsigned.andThen(f -> f.crl = f.crl(NOW.minusSeconds(1), NOW.plusSeconds(1), 2L)));
    refused(
        "crl.current",
        unsigned.andThen(f -> f.crl = f.crl(NOW.minusSeconds(9), NOW.minusSeconds(1))));
    refused("crl.signature", unsigned.andThen(f -> f.crl = Bytes.concat(f.crl, Bytes.zeros(1))));
  }

  @ParameterizedTest
  @CsvSource({"2.5.29.27, 020101", "2.5.29.28, 30038401ff", "1.2.3, 0500"})
  void aListThatIsNotWholeIsNone(String critical, String content) throws Exception {
    refused(
        "crl.signature",
        f ->
            f.crl =
                f.maker()
                    .rootAuthority()
                    .crl(
                        NOW.minusSeconds(1),
                        NOW.plusSeconds(9),
                        List.of(),
                        Map.of(critical, ForgedSnp.hex(content))));
  }

  // The signature

  @Test
  void everySignedByteIsSigned() throws Exception {
    for (int offset : new int[] {0x50, 0x90, 0x140, 0x1A0}) {
      refused("report.signature", f -> f.afterSigning = r -> flipped(r, offset));
    }
    refused("report.signature", f -> f.afterSigning = r -> flipped(r, 0x2A0));
    refused("report.signature", f -> f.afterSigning = r -> flipped(r, 0x2A0 + 71));
    refused("report.signature", f -> f.afterSigning = r -> flipped(r, 0x2A0 + 72 + 50));
  }

  private static Bytes flipped(Bytes report, int offset) {
    byte[] bytes = report.toArray();
    bytes[offset] ^= 1;
    return Bytes.of(bytes);
  }

  // The certificate and the report

  @Test
  void theCertificateIsOfTheReportsKindOfKey() throws Exception {
    refused("leaf.key-kind", f -> signedByVcek(f, true));
  }

  /** The table has the VCEK's certificate where the VLEK's should be. */
  private static void signedByVcek(ForgedSnp f, boolean claimVlek) {
    f.report.u32(SoftwareReport.SIGNER_INFO, claimVlek ? 1 | (1 << 2) : 1);
    f.vlekSlot = true;
  }

  @Test
  void aWrongProductIsToleratedWhereTheReportNamesTheProcessor() throws Exception {
    Appraisal appraisal = judge(ForgedSnp.with(f -> f.extensions.put(ARC + "2", text("Milan-B0"))));

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals("leaf.product", appraisal.with(Outcome.WARNING).getFirst().id().id());
  }

  @Test
  void theCertificateIsOfTheReportedTcb() throws Exception {
    refused("leaf.tcb", f -> f.extensions.put(ARC + "3.8", ForgedSnp.hex("020101")));
    // What no certificate can name.
    refused(
        "leaf.tcb", f -> f.report.u64(SoftwareReport.REPORTED_TCB, f.tcb | 0x0000000000010000L));
    refused("leaf.tcb", f -> f.extensions.put(ARC + "3.9", ForgedSnp.hex("020101")));
  }

  @Test
  void theCertificateIsOfTheReportsChip() throws Exception {
    refused("leaf.hardware-id", f -> f.extensions.put(ARC + "4", filled(64, 0x78)));
    refused("leaf.hardware-id", f -> f.extensions.put(ARC + "4", filled(8, 0x77)));
    // As short in both.
    refused(
        "leaf.hardware-id",
        f -> {
          f.extensions.put(ARC + "4", filled(8, 0x77));
          f.report.set(SoftwareReport.CHIP_ID, Bytes.concat(filled(8, 0x77), Bytes.zeros(56)));
        });
    refused("leaf.hardware-id", f -> f.extensions.remove(ARC + "4"));
  }

  @Test
  void aHiddenChipIsTheCertificates() throws Exception {
    Appraisal appraisal =
        judge(
            ForgedSnp.with(f ->
                f.report
                    .u32(SoftwareReport.SIGNER_INFO, 3)
                    .set(SoftwareReport.CHIP_ID, Bytes.zeros(64))));

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        filled(64, 0x77).hex(),
        appraisal.claims().orElseThrow().identity().get(Identifier.CHIP_ID));
    // Hidden without saying so, and another's that is said to be hidden.
    refused("leaf.hardware-id", f -> f.report.set(SoftwareReport.CHIP_ID, Bytes.zeros(64)));
    refused(
        "leaf.hardware-id",
        f ->
            f.report
                .u32(SoftwareReport.SIGNER_INFO, 3)
                .set(SoftwareReport.CHIP_ID, filled(64, 0x78)));
  }

  @Test
  void aVceksCertificateNamesNoProvider() throws Exception {
    refused("leaf.csp-id", f -> f.extensions.put(ARC + "5", text("CN=a.cloud")));
  }

  @Test
  void aProvidersKeyCountsOnlyForProvidersThatAreListed() throws Exception {
    ForgedSnp forged = signedByProvider("CN=a.cloud", f -> f.extensions.remove(ARC + "4"));
    ObjectNode config = forged.config();
    snp(config).remove("chipIds");
    assertOnly("policy.csp-id", judge(forged, config, NOW));
    for (String other : List.of("CN=another.cloud", "a.cloud", "CN=a.cloud ")) {
      snp(config).putArray("cspIds").add(other);
      assertOnly("policy.csp-id", judge(forged, config, NOW));
    }
    snp(config).putArray("cspIds");
    assertOnly("policy.csp-id", judge(forged, config, NOW));

    snp(config).putArray("cspIds").add("CN=another.cloud").add("CN=a.cloud");
    Appraisal appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(List.of(), appraisal.with(Outcome.WARNING));
  }

  @Test
  void aFleetsKeyNamesNoChip() throws Exception {
    assertOnly("leaf.hardware-id", judge(signedByProvider("CN=a.cloud", f -> {})));
    // By which chip such a report was made, it says itself or nobody.
    ForgedSnp forged = signedByProvider("CN=a.cloud", f -> f.extensions.remove(ARC + "4"));
    ObjectNode config = forged.config();
    snp(config).putArray("cspIds").add("CN=a.cloud");
    Appraisal said = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, said.verdict(), said::reason);
    assertEquals(
        filled(64, 0x77).hex(), said.claims().orElseThrow().identity().get(Identifier.CHIP_ID));
    for (Bytes other : List.of(filled(64, 0x78), Bytes.zeros(64))) {
      forged.report.set(SoftwareReport.CHIP_ID, other);
      assertOnly("policy.chip-id", judge(forged, config, NOW));
    }
    assertEquals(
        null, judge(forged, config, NOW).claims().orElseThrow().identity().get(Identifier.CHIP_ID));
  }

  @Test
  void aFleetsKeyNamesItsProvider() throws Exception {
    ForgedSnp forged =
        signedByProvider(
            "CN=a.cloud",
            f -> {
              f.extensions.remove(ARC + "4");
              f.extensions.remove(ARC + "5");
            });
    assertOnly("leaf.csp-id", judge(forged));
  }

  /** By a key that AMD's other authority gave a provider for its fleet. */
  private static ForgedSnp signedByProvider(String provider, Consumer<ForgedSnp> change) {
    ForgedSnp f = ForgedSnp.with(g -> g.extensions.put(ARC + "5", text(provider)));
    change.accept(f);
    PssAuthority.Request asvk =
        new PssAuthority.Request(
            FLEETS.getPublic(),
            "CN=SEV-VLEK-Genoa,O=x",
            BigInteger.valueOf(3),
            NOW.minus(Duration.ofDays(1)),
            NOW.plus(Duration.ofDays(1)),
            true,
            Map.of());
    PssAuthority authority = f.maker().rootAuthority().authority(FLEETS, asvk);
    f.intermediate = authority.certificate();
    f.leaf = authority.issue(changed(f.request(), "CN=SEV-VLEK,O=x", false));
    f.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2));
    f.vlekSlot = true;
    return f;
  }

  @Test
  void nothingIsAboveTheCurrentTcb() throws Exception {
    refused("tcb.order", f -> f.report.u64(SoftwareReport.COMMITTED_TCB, f.tcb + (1L << 56)));
    ForgedSnp below = ForgedSnp.with(f -> f.report.u64(SoftwareReport.CURRENT_TCB, f.tcb - 1));
    assertOnly("tcb.order", judge(below));
    // The reported one alone.
    refused(
        "tcb.order",
        f ->
            f.report
                .u64(SoftwareReport.CURRENT_TCB, f.tcb - 1)
                .u64(SoftwareReport.COMMITTED_TCB, f.tcb - 1));
  }

  // Binding

  @Test
  void theReportIsOverNonceUserDataAndClaims() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    var verifier = policy(forged.config()).verifier();
    Bytes document = forged.document();

    Appraisal stale =
        verifier.verify(document, new Challenge(Bytes.ofUtf8("another"), USER_DATA, NOW));
    assertOnly("report.data", stale);
    assertTrue(stale.claims().isEmpty());
    assertOnly(
        "document.user-data",
        verifier.verify(document, new Challenge(NONCE, Bytes.ofUtf8("another"), NOW)));

    SnpDocument good = SnpDocument.parse(document);
    var challenge = new Challenge(NONCE, USER_DATA, NOW);
    Bytes otherClaims =
        new SnpDocument(
                good.report(),
                good.certTable(),
                new SnpClaims(CLUSTER, filled(16, 1)).encode(),
                good.userData())
            .write();
    assertOnly("report.data", verifier.verify(otherClaims, challenge));
    Bytes otherUser =
        new SnpDocument(good.report(), good.certTable(), good.claims(), Bytes.ofUtf8("another"))
            .write();
    assertOnly(
        "report.data",
        verifier.verify(otherUser, new Challenge(NONCE, Bytes.ofUtf8("another"), NOW)));
  }

  // Policy

  @ParameterizedTest
  @ValueSource(
      strings = {
        "measurements",
        "hostData",
        "familyIds",
        "imageIds",
        "idKeyDigests",
        "authorKeyDigests",
        "chipIds"
      })
  void whatIsListedIsAskedFor(String member) throws Exception {
    for (ListedField field : ListedField.values()) {
      if (field.member().equals(member)) {
        ForgedSnp forged = ForgedSnp.genuine();
        ObjectNode config = forged.config();
        config.remove("measurements");
        snp(config).putArray(member).add(filled(field.length(), 0xEE).hex());
        assertOnly(field.check().id(), judge(forged, config, NOW));
        snp(config).putArray(member);
        assertOnly(field.check().id(), judge(forged, config, NOW));
      }
    }
  }

  @Test
  void anAuthorKeyThatSignedNothingDoesNotCount() throws Exception {
    refused("policy.author-key", f -> f.report.u32(SoftwareReport.SIGNER_INFO, 0));
  }

  @Test
  void theMeasurementOfTheContractsFormCounts() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = forged.config();
    snp(config).remove("measurements");
    ((ObjectNode) config.get("measurements").get("0")).put("expected", filled(48, 1).hex());
    Appraisal appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.REFUSED, appraisal.verdict());
    assertEquals("policy.measurement", appraisal.with(Outcome.FAILED).getFirst().id().id());

    ((ObjectNode) config.get("measurements").get("0")).put("warnOnly", true);
    appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        List.of("policy.measurement", "measurement"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());
  }

  @Test
  void theGuestPolicyAllowsOnlyWhatItMay() throws Exception {
    for (int bit : new int[] {18, 19, 21}) {
      refused(
          "policy.guest-policy", f -> f.report.u64(SoftwareReport.POLICY, 0x30000L | (1L << bit)));
    }
    refusedBy("policy.guest-policy", snp -> snp.putArray("allow"));
    for (String bit :
        List.of("singleSocket", "memoryAes256Xts", "raplOff", "ciphertextHiding", "pageSwapOff")) {
      refusedBy("policy.guest-policy", snp -> snp.putArray("require").add(bit));
    }
    ForgedSnp debug =
        ForgedSnp.with(f -> f.report.u64(SoftwareReport.POLICY, 0x30000L | (1L << 19)));
    ObjectNode config = debug.config();
    snp(config).putArray("allow").add("smt").add("debug");
    assertEquals(Verdict.ACCEPTED, judge(debug, config, NOW).verdict());
  }

  @Test
  void thePlatformHasWhatItMust() throws Exception {
    for (String bit : List.of("tsme", "raplOff", "ciphertextHiding", "tio")) {
      refusedBy("policy.platform-info", snp -> snp.putArray("platform").add(bit));
    }
    refused("policy.platform-info", f -> f.report.u64(SoftwareReport.PLATFORM_INFO, 0x05));
  }

  @Test
  void anAliasCheckThatWasNotMadeIsSaid() throws Exception {
    ForgedSnp forged = ForgedSnp.with(f -> f.report.u64(SoftwareReport.PLATFORM_INFO, 0x05));
    ObjectNode config = forged.config();
    snp(config).remove("platform");
    Appraisal appraisal = judge(forged, config, NOW);

    assertEquals(Verdict.ACCEPTED, appraisal.verdict());
    assertEquals("policy.alias-check", appraisal.with(Outcome.WARNING).getFirst().id().id());
  }

  @Test
  void theRestOfThePolicyCounts() throws Exception {
    refused("policy.vmpl", f -> f.report.u32(SoftwareReport.VMPL, 1));
    refusedBy("policy.vmpl", snp -> snp.putArray("vmpl").add(1).add(2));
    refused("policy.guest-svn", f -> f.report.u32(SoftwareReport.GUEST_SVN, 6));
    refusedBy("policy.report-version", snp -> snp.put("maximumReportVersion", 4));
    refusedBy("policy.report-version", snp -> snp.put("minimumReportVersion", 6));
    refusedBy("policy.mitigations", snp -> snp.putObject("mitigations").put("launch", "1"));
    refusedBy("policy.mitigations", snp -> snp.putObject("mitigations").put("current", "1"));
  }

  @ParameterizedTest
  @EnumSource
  void eachTcbHasItsMinimum(TcbMinimum.Kind kind) throws Exception {
    for (TcbVersion.Component component : TcbVersion.components(ProductLine.GENOA)) {
      ForgedSnp forged = ForgedSnp.genuine();
      ObjectNode config = forged.config();
      int has = new TcbVersion(ProductLine.GENOA, forged.tcb).part(component);
      ((ObjectNode) snp(config).get("minimumTcb").get("Genoa"))
          .putObject(kind.id())
          .put(component.id(), has + 1);
      Appraisal appraisal = judge(forged, config, NOW);
      assertOnly("tcb." + kind.id(), appraisal);
      assertTrue(appraisal.reason().contains(component.id()), appraisal::reason);
    }
  }

  @Test
  void whatAPolicyDoesNotAskForIsSaidOrSkipped() throws Exception {
    ForgedSnp forged =
        ForgedSnp.with(f ->
            f.report
                .u64(SoftwareReport.LAUNCH_MITIGATIONS, 3)
                .u64(SoftwareReport.CURRENT_MITIGATIONS, 2));
    ObjectNode config = forged.config();
    ObjectNode snp = snp(config);
    snp.remove("minimumTcb");
    snp.remove("platform");
    snp.putArray("allow").add("smt").add("debug").add("migrationAgent").add("cxl");
    snp.put("minimumReportVersion", 5).put("maximumReportVersion", 5);
    snp.putObject("mitigations").put("launch", "1").put("current", "2");
    config.remove("measurements");
    Appraisal appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        List.of("tcb.line"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());

    snp.putObject("mitigations").put("current", "1");
    assertOnly("policy.mitigations", judge(forged, config, NOW));
    snp.putObject("minimumTcb").putObject("Genoa").putObject("launch").put("snp", 1);
    snp.remove("mitigations");
    snp.remove("measurements");
    appraisal = judge(forged, config, NOW);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(
        List.of("policy.measurement"),
        appraisal.with(Outcome.WARNING).stream().map(c -> c.id().id()).toList());

    appraisal =
        policy(config).verifier().verify(forged.document(), new Challenge(NONCE, null, NOW));
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void aMeasurementIsGoodOnlyWhereBothListsSaySo() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = forged.config();
    snp(config).putArray("measurements").add(filled(48, 0xEE).hex());
    assertOnly("policy.measurement", judge(forged, config, NOW));
    snp(config)
        .putArray("measurements")
        .add(filled(48, 0xEE).hex())
        .add(ForgedSnp.MEASUREMENT.hex());
    assertTrue(judge(forged, config, NOW).accepted());
    ((ObjectNode) config.get("measurements").get("0")).put("expected", filled(48, 0xEE).hex());
    assertEquals(Verdict.REFUSED, judge(forged, config, NOW).verdict());
  }

  @Test
  void aLineWithoutAMinimumIsRefusedWhereOthersHaveOne() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    ObjectNode config = forged.config();
    snp(config).putObject("minimumTcb").putObject("Milan").put("snp", 1);

    assertOnly("tcb.line", judge(forged, config, NOW));
  }

  // The cluster

  @Test
  void whoAsksToJoinIsOfNoClusterAndWhoServesIsOfOne() throws Exception {
    ForgedSnp fresh = ForgedSnp.genuine();
    ForgedSnp member =
        ForgedSnp.with(f ->
            f.claims =
                new String(
                    new SnpClaims(CLUSTER, filled(16, 3)).encode().toArray(),
                    java.nio.charset.StandardCharsets.UTF_8));
    Policy policy = policy(fresh.config());
    var challenge = new Challenge(NONCE, USER_DATA, NOW);

    assertTrue(policy.unspent().verifier().verify(fresh.document(), challenge).accepted());
    assertOnly("claims.cluster", policy.unspent().verifier().verify(member.document(), challenge));
    assertTrue(policy.bootstrapped().verifier().verify(member.document(), challenge).accepted());
    assertOnly(
        "claims.cluster", policy.bootstrapped().verifier().verify(fresh.document(), challenge));
    assertTrue(policy.memberOf(CLUSTER).verifier().verify(member.document(), challenge).accepted());
    assertOnly(
        "claims.cluster",
        policy.memberOf(filled(32, 8)).verifier().verify(member.document(), challenge));
    assertOnly(
        "claims.cluster", policy.memberOf(CLUSTER).verifier().verify(fresh.document(), challenge));
  }

  @Test
  void wordsOfACertificateCannotBeReadAsAnother() {
    X509Certificate root = ForgedSnp.maker(SoftwareLine.MILAN).root();
    assertEquals("ARK-Milan", AmdNames.commonName(root.getSubjectX500Principal()));
    assertEquals(
        "",
        AmdNames.commonName(
            new javax.security.auth.x500.X500Principal("CN=ARK-Milan,CN=ARK-Genoa")));
    assertEquals(
        "x",
        AmdNames.commonName(
            new javax.security.auth.x500.X500Principal("CN=x,O=\"a,CN=ARK-Milan\"")));
    // Bytes are no text.
    assertEquals(
        "",
        AmdNames.commonName(
            new javax.security.auth.x500.X500Principal(
                ForgedSnp.hex("300c310a30080603550403040141").toArray())));
  }
}
