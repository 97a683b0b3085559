package dev.asterism.attestation.snp;

import static dev.asterism.testing.FakeService.body;
import static dev.asterism.testing.FakeService.failing;
import static dev.asterism.testing.FakeService.held;
import static dev.asterism.testing.FakeService.status;
import static dev.asterism.testing.ForgedSnp.NONCE;
import static dev.asterism.testing.ForgedSnp.NOW;
import static dev.asterism.testing.ForgedSnp.USER_DATA;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Verdict;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.metal.SevSnp;
import dev.asterism.collateral.CacheFolder;
import dev.asterism.collateral.CachedEndorsements;
import dev.asterism.collateral.Limits;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.FakeService;
import dev.asterism.testing.FakeTime;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import java.net.URI;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Verifications whose certificates come from a service that is not always well. */
class SnpCollateralTest {
  private static final String CHAIN = "/vcek/v1/Genoa/cert_chain";
  private static final String CRL = "/vcek/v1/Genoa/crl";

  /** RSA keys take long. */
  private static final KeyPair FLEETS = PssAuthority.newKey(2048);

  @TempDir Path folder;

  private final FakeTime time = new FakeTime(NOW);
  private final FakeService kds = new FakeService();
  private final ForgedSnp forged = ForgedSnp.with(f -> f.stapled = false);
  private final String vcek =
      "/vcek/v1/Genoa/" + forged.hardwareId.hex() + "?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84";

  /** Of evidence that was kept. */
  private final Challenge before = new Challenge(NONCE, USER_DATA, NOW.minus(Duration.ofDays(2)));

  private @Nullable EndorsementSource source;

  /** A list that came with a report is compared with the service's behind its back. */
  @AfterEach
  void waitForTheListThatNobodyWaitsFor() {
    if (forged.stapled && source != null) {
      var _ = source.get(Kds.crl(ProductLine.GENOA, KeyKind.VCEK, forged.maker().root()));
    }
  }

  private FakeService healthy() {
    return kds.serve(CHAIN, body(pem(forged)))
        .serve(vcek, body(ForgedSnp.der(forged.leaf())))
        .serve(CRL, body(forged.crl));
  }

  private static Bytes pem(ForgedSnp f) {
    return Bytes.ofUtf8(Pem.encode(f.maker().intermediate()) + Pem.encode(f.maker().root()));
  }

  private Verifier verifier() throws Exception {
    return verifier(forged.config());
  }

  private Verifier verifier(ObjectNode config) throws Exception {
    source =
        new CachedEndorsements(
            Map.of(Kds.SERVICE, URI.create("http://kds.invalid")),
            kds,
            new CacheFolder(folder),
            Limits.DEFAULT,
            time,
            time);
    return new SevSnp(source).policy(config).verifier();
  }

  private Appraisal verify(Verifier verifier) {
    return verifier.verify(forged.document(), new Challenge(NONCE, USER_DATA, time.instant()));
  }

  private void assertUndecided(String check, String reason) throws Exception {
    var start = time.instant();
    Appraisal appraisal = verify(verifier());
    assertEquals(Verdict.UNDECIDED, appraisal.verdict(), appraisal::reason);
    assertEquals(check, appraisal.with(Outcome.UNAVAILABLE).getFirst().id().id());
    assertTrue(appraisal.reason().contains(reason), appraisal::reason);
    assertTrue(Duration.between(start, time.instant()).compareTo(Limits.DEFAULT.flight()) <= 0);
  }

  @Test
  void whatDoesNotComeWithTheReportComesFromTheService() throws Exception {
    healthy();
    Appraisal appraisal = verify(verifier());

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(List.of(CHAIN, vcek, CRL), kds.asked());
  }

  @Test
  void fiveHundredVerificationsOfOneChipCauseOneRequestOfEachKind() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    healthy().serve(CHAIN, held(open, body(pem(forged))));
    Verifier verifier = verifier();
    Bytes document = forged.document();
    CountDownLatch all = new CountDownLatch(500);
    List<Future<Appraisal>> verdicts = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 500; i++) {
        verdicts.add(
            threads.submit(() -> {
              all.countDown();
              return verifier.verify(document, new Challenge(NONCE, USER_DATA, NOW));
            }));
      }
      all.await();
      open.countDown();
      for (Future<Appraisal> verdict : verdicts) {
        assertTrue(verdict.get().accepted(), () -> "not accepted");
      }
    }
    assertEquals(List.of(CHAIN, vcek, CRL), kds.asked());
  }

  @Test
  void whatIsInTheCacheIsEnoughWithoutTheService() throws Exception {
    healthy();
    assertTrue(verify(verifier()).accepted());

    for (String path : List.of(CHAIN, vcek, CRL)) {
      kds.serve(path, failing("no route to host"));
    }
    assertTrue(verify(verifier()).accepted());
  }

  @Test
  void aServiceThatIsOverloadedIsWaitedFor() throws Exception {
    healthy().once(vcek, status(429, "retry-after", "9"));
    assertTrue(verify(verifier()).accepted());
    assertEquals(NOW.plusSeconds(9), time.instant());
  }

  @Test
  void everyFaultOfTheServiceLeavesItUndecided() throws Exception {
    healthy().serve(vcek, status(404));
    assertUndecided("chain.certificates", "404");
    healthy().serve(vcek, status(429, "retry-after", "600"));
    assertUndecided("chain.certificates", "429");
  }

  @Test
  void theCertificateOfAnotherChipIsNotTaken() throws Exception {
    ForgedSnp other =
        ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1.4", ForgedSnp.filled(64, 1)));
    healthy().serve(vcek, body(ForgedSnp.der(other.leaf())));
    assertUndecided("chain.certificates", "another chip or TCB version");
  }

  @Test
  void theChainOfAnotherLineIsNotTaken() throws Exception {
    healthy().serve(CHAIN, body(pem(ForgedSnp.genuine(SoftwareLine.MILAN))));
    assertUndecided("chain.certificates", "is not named SEV-Genoa");
  }

  @Test
  void halfACertificateIsNotTaken() throws Exception {
    Bytes whole = ForgedSnp.der(forged.leaf());
    healthy().serve(vcek, body(whole.slice(0, whole.length() / 2)));
    assertUndecided("chain.certificates", "is not a DER certificate");
  }

  @Test
  void aServiceThatHangsIsNotWaitedForLong() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    healthy().serve(vcek, held(never, status(500)));
    Verifier verifier = verifier();
    // What it takes before that is there.
    time.flowing();
    healthy().serve(vcek, held(never, status(500)));
    Thread.ofVirtual()
        .start(() -> {
          Verdicts.await("the request", () -> kds.asked(vcek) == 1);
          time.stuck();
        });
    Appraisal appraisal = verify(verifier);

    assertEquals(Verdict.UNDECIDED, appraisal.verdict());
    assertTrue(appraisal.reason().contains("no answer within 10 s"), appraisal::reason);
    never.countDown();
  }

  @Test
  void aStaleRevocationListIsNotTaken() throws Exception {
    healthy().serve(CRL, body(forged.crl(NOW.minusSeconds(9), NOW.minusSeconds(1))));
    assertUndecided("crl.available", "counted until");
  }

  @Test
  void theRevocationListOfAnotherIsNotTaken() throws Exception {
    healthy()
        .serve(
            CRL,
            body(
                ForgedSnp.maker(SoftwareLine.MILAN)
                    .crl(NOW.minusSeconds(9), NOW.plusSeconds(9), List.of())));
    assertUndecided("crl.available", "another issuer");
  }

  @Test
  void aRevocationThatWasSeenIsNotRolledBack() throws Exception {
    Bytes older = forged.crl(NOW.minusSeconds(99), NOW.plus(Duration.ofDays(90)));
    Bytes revoking = forged.crl(NOW.minusSeconds(9), NOW.plus(Duration.ofDays(9)), 2L);
    healthy().serve(CRL, body(revoking));
    assertEquals(Verdict.REFUSED, verify(verifier()).verdict());

    // Neither by the service, nor by a host, nor by a restart.
    kds.serve(CRL, body(older));
    time.advance(Limits.DEFAULT.fresh().plusSeconds(1));
    assertEquals(Verdict.REFUSED, verify(verifier()).verdict());
    forged.stapled = true;
    forged.crl = older;
    assertEquals("crl.revoked", verify(verifier()).with(Outcome.FAILED).getFirst().id().id());
  }

  @Test
  void aHostThatIsBehindItsFirmwareStopsNobody() throws Exception {
    healthy();
    ForgedSnp stale =
        ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1.3.8", ForgedSnp.hex("020101")));
    forged.stapled = true;
    forged.leaf = stale.leaf();
    Appraisal appraisal = verify(verifier());

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(1, kds.asked(vcek));
  }

  @Test
  void aCertificateOfAnotherChipIsReplaced() throws Exception {
    healthy();
    ForgedSnp other =
        ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1.4", ForgedSnp.filled(64, 1)));
    forged.stapled = true;
    forged.crl = Bytes.EMPTY;
    forged.leaf = other.leaf();
    Appraisal appraisal = verify(verifier());

    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
    assertEquals(1, kds.asked(vcek));
  }

  @Test
  void nobodyIsAskedForWhatNobodyHas() throws Exception {
    healthy();
    forged.report.set(SoftwareReport.CHIP_ID, Bytes.zeros(64)).u32(SoftwareReport.SIGNER_INFO, 3);
    assertUndecided("chain.certificates", "hides which chip it is");
    forged.stapled = true;
    forged.crl = Bytes.EMPTY;
    forged.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2));
    forged.intermediate = fleets().certificate();
    assertUndecided("chain.certificates", "only the provider has those of VLEKs");
    assertEquals(0, kds.asked(vcek));
  }

  /** AMD's authority over providers' keys. */
  private PssAuthority fleets() {
    PssAuthority.Request same = forged.request();
    return forged
        .maker()
        .rootAuthority()
        .authority(
            FLEETS,
            new PssAuthority.Request(
                FLEETS.getPublic(),
                "CN=SEV-VLEK-Genoa",
                same.serial(),
                same.notBefore(),
                same.notAfter(),
                true,
                Map.of()));
  }

  @Test
  void aProvidersCertificateThatCameWithTheReportIsEnough() throws Exception {
    healthy().serve(CRL.replace("vcek", "vlek"), body(forged.crl));
    forged.extensions.remove("1.3.6.1.4.1.3704.1.4");
    forged.extensions.put("1.3.6.1.4.1.3704.1.5", ForgedSnp.hex("160161"));
    forged.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2));
    PssAuthority authority = fleets();
    PssAuthority.Request leaf = forged.request();
    forged.intermediate = authority.certificate();
    forged.leaf =
        authority.issue(
            new PssAuthority.Request(
                leaf.key(),
                "CN=SEV-VLEK",
                leaf.serial(),
                leaf.notBefore(),
                leaf.notAfter(),
                false,
                leaf.extensions()));
    forged.vlekSlot = true;
    forged.stapled = true;
    forged.crl = Bytes.EMPTY;
    ObjectNode config = forged.config();
    ForgedSnp.snp(config).remove("chipIds");
    ForgedSnp.snp(config).putArray("cspIds").add("a");
    Appraisal appraisal = verify(verifier(config));
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void aHiddenChipsOwnCertificateIsEnough() throws Exception {
    healthy();
    forged.report.set(SoftwareReport.CHIP_ID, Bytes.zeros(64)).u32(SoftwareReport.SIGNER_INFO, 3);
    forged.stapled = true;
    forged.crl = Bytes.EMPTY;
    Appraisal appraisal = verify(verifier());
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void whoBringsIssuersOfHisOwnKeepsACertificateFromNobody() throws Exception {
    healthy();
    Verifier verifier = verifier();
    ForgedSnp stranger =
        ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1.3.8", ForgedSnp.hex("020101")));
    stranger.intermediate = ForgedSnp.stranger().intermediate();
    for (var root : List.of(stranger.root, ForgedSnp.stranger().root())) {
      stranger.root = root;
      var challenge = new Challenge(NONCE, USER_DATA, time.instant());
      assertEquals(Verdict.UNDECIDED, verifier.verify(stranger.document(), challenge).verdict());
    }
    assertEquals(0, kds.asked(vcek));

    Appraisal appraisal = verify(verifier);
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void aStapledListIsEnoughWithoutTheService() throws Exception {
    healthy().serve(CRL, failing("no route to host"));
    forged.stapled = true;
    Appraisal appraisal = verify(verifier());
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }

  @Test
  void nothingMoreIsAskedOfWhatAStapledListRevokes() throws Exception {
    healthy().serve(CRL, failing("no route to host"));
    forged.stapled = true;
    forged.crl = forged.crl(NOW.minusSeconds(1), NOW.plusSeconds(9), 2L);
    forged.afterSigning = r -> Bytes.concat(r.slice(0, 0x2A0), Bytes.zeros(512));
    Appraisal appraisal = verify(verifier());
    assertEquals(
        List.of("crl.revoked"),
        appraisal.with(Outcome.FAILED).stream().map(c -> c.id().id()).toList());
  }

  private Bytes listOfBefore() {
    return forged.crl(NOW.minus(Duration.ofDays(3)), NOW.minus(Duration.ofDays(1)));
  }

  @Test
  void aListOfLaterRefusesNothingThatWasKept() throws Exception {
    healthy();
    Verifier verifier = verifier();
    Appraisal undecided = verifier.verify(forged.document(), before);
    assertEquals(Verdict.UNDECIDED, undecided.verdict(), undecided::reason);
    assertTrue(undecided.reason().contains("is of another time"), undecided::reason);

    forged.stapled = true;
    forged.crl = listOfBefore();
    Appraisal accepted = verifier.verify(forged.document(), before);
    assertEquals(Verdict.ACCEPTED, accepted.verdict(), accepted::reason);
  }

  @Test
  void whatAListOfLaterRevokesIsNotGoodEither() throws Exception {
    healthy().serve(CRL, body(forged.crl(NOW.minusSeconds(9), NOW.plus(Duration.ofDays(9)), 2L)));
    Verifier verifier = verifier();
    for (Bytes stapled : List.of(Bytes.EMPTY, listOfBefore())) {
      forged.stapled = !stapled.isEmpty();
      forged.crl = stapled;
      Appraisal refused = verifier.verify(forged.document(), before);
      assertTrue(
          refused.with(Outcome.FAILED).stream().anyMatch(c -> c.id().id().equals("crl.revoked")),
          refused::reason);
    }
  }

  @Test
  void aStapledListThatIsStaleIsReplaced() throws Exception {
    healthy();
    forged.stapled = true;
    Bytes good = forged.crl;
    forged.crl = forged.crl(NOW.minusSeconds(9), NOW.minusSeconds(1));
    kds.serve(CRL, body(good));

    Appraisal appraisal = verify(verifier());
    assertEquals(Verdict.ACCEPTED, appraisal.verdict(), appraisal::reason);
  }
}
