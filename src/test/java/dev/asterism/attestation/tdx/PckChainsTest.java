package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What is remembered of a platform's chain, and what is asked again all the same. */
class PckChainsTest {
  private final TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
  private final TdxCollateral collateral = TdxSteps.collateral(ForgedTdx.genuine());
  private final TdxTrust trust = new TdxTrust(platform -> collateral);

  @BeforeEach
  void theGenuineOneIsRemembered() {
    assertTrue(TdxSteps.judge(ForgedTdx.genuine(), policy, ForgedTdx.AT, trust).accepted());
    assertEquals(1, trust.chains().size());
  }

  private static Bytes pem(ForgedTdx forged) {
    return Bytes.ofUtf8(forged.quote.chain.stream().map(Pem::encode).collect(Collectors.joining()));
  }

  @Test
  void theSameChainIsReadOnce() throws Exception {
    PckChain first = trust.chains().parse(pem(ForgedTdx.genuine()));

    assertSame(first, trust.chains().parse(pem(ForgedTdx.genuine())));
    assertSame(
        first, trust.chains().parse(Bytes.concat(Bytes.ofUtf8(first.pem()), Bytes.zeros(2))));
    assertTrue(TdxSteps.judge(ForgedTdx.genuine(), policy, ForgedTdx.AT, trust).accepted());
    assertEquals(1, trust.chains().size());
  }

  @Test
  void itStillRunsOut() {
    ForgedTdx brief =
        ForgedTdx.with(f ->
            f.quote.chain =
                ForgedTdx.chain(
                    f.vendor,
                    f.vendor
                        .authority()
                        .issue(
                            ForgedTdx.pck().getPublic(),
                            "CN=Intel SGX PCK Certificate",
                            new Validity(ForgedTdx.AT.minusSeconds(60), ForgedTdx.AT),
                            TdxStepsTest.extension())));
    assertTrue(TdxSteps.judge(brief, policy, ForgedTdx.AT, trust).accepted());
    assertEquals(2, trust.chains().size());

    for (int seconds : List.of(-61, 1)) {
      assertEquals(
          List.of("pck.validity"),
          TdxSteps.failed(TdxSteps.judge(brief, policy, ForgedTdx.AT.plusSeconds(seconds), trust)));
    }
  }

  @Test
  void itsRootMustStillBeTheTrustedOne() {
    var other = SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO);
    ObjectNode config = ForgedTdx.config();
    config.put("intelRootKey", Pem.encode(other.rootCertificate()));

    assertEquals(
        List.of("pck.chain"),
        TdxSteps.failed(
            TdxSteps.judge(ForgedTdx.genuine(), TdxSteps.policy(config), ForgedTdx.AT, trust)));
  }

  @Test
  void itMayStillBeRevoked() {
    ForgedTdx genuine = ForgedTdx.genuine();
    genuine.replaced.put(
        "pck-crl.der",
        genuine
            .vendor
            .authority()
            .revocationList(
                new Validity(ForgedTdx.FROM, ForgedTdx.TO),
                List.of(genuine.quote.chain.getFirst())));
    TdxCollateral later = TdxSteps.collateral(genuine);
    var now = new AtomicReference<>(collateral);
    var both = new TdxTrust(platform -> now.get());
    assertTrue(TdxSteps.judge(genuine, policy, ForgedTdx.AT, both).accepted());

    now.set(later);
    assertEquals(
        List.of("pck.revocation"),
        TdxSteps.failed(TdxSteps.judge(genuine, policy, ForgedTdx.AT, both)));
  }

  @Test
  void anotherKeyUnderItsNameIsFollowedAnew() {
    ForgedTdx forged =
        ForgedTdx.with(f ->
            f.quote.chain =
                ForgedTdx.chain(
                    SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO),
                    f.vendor.pck(KeyPairs.ecP256().getPublic(), ForgedTdx.PPID)));

    assertEquals(
        List.of("pck.chain"), TdxSteps.failed(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust)));
    assertEquals(1, trust.chains().size());
  }

  @Test
  void onlyWhatWasFollowedIsKnown() throws Exception {
    PckChain genuine = trust.chains().parse(pem(ForgedTdx.genuine()));
    PckChain read = new PckChains().parse(Bytes.ofUtf8(genuine.pem()));
    PckChain mixed =
        new PckChain(
            genuine.pem(),
            ForgedTdx.VENDOR.pck(KeyPairs.ecP256().getPublic(), ForgedTdx.PPID),
            genuine.issuer(),
            genuine.root(),
            genuine.extension());

    assertTrue(trust.chains().isKnown(read, ForgedTdx.AT));
    assertFalse(new PckChains().isKnown(read, ForgedTdx.AT));
    assertFalse(trust.chains().isKnown(mixed, ForgedTdx.AT));
  }

  @Test
  void aChainOfAForgedQuoteIsNotRemembered() {
    var fresh = new TdxTrust(platform -> collateral);
    for (Consumer<ForgedTdx> change :
        List.<Consumer<ForgedTdx>>of(
            f -> f.quote.quoteSigner = KeyPairs.ecP256().getPrivate(),
            f -> f.quote.qeReportData = Bytes.zeros(64),
            f -> f.quote.pck = KeyPairs.ecP256().getPrivate())) {
      assertFalse(TdxSteps.judge(ForgedTdx.with(change), policy, ForgedTdx.AT, fresh).accepted());
    }
    assertEquals(0, fresh.chains().size());
  }

  @Test
  void aChainWithWordsBetweenIsNotRemembered() throws Exception {
    String text = trust.chains().parse(pem(ForgedTdx.genuine())).pem();
    for (String spelled :
        List.of("words\n" + text, text + "words\n", text + "\n", text.replace("\n", "\r\n"))) {
      var chains = new PckChains();
      chains.remember(chains.parse(Bytes.ofUtf8(spelled)));
      assertEquals(0, chains.size());
    }
    var chains = new PckChains();
    chains.remember(chains.parse(Bytes.ofUtf8(text.stripTrailing())));
    assertEquals(1, chains.size());
  }

  @Test
  void whatIsKnownIsNotRememberedAgain() throws Exception {
    PckChain first = trust.chains().parse(pem(ForgedTdx.genuine()));
    PckChain again = new PckChains().parse(pem(ForgedTdx.genuine()));

    trust.chains().remember(again);

    assertEquals(first, again);
    assertSame(first, trust.chains().parse(pem(ForgedTdx.genuine())));
  }

  @Test
  void whatIsRememberedIsNotFollowedAgain() throws Exception {
    ForgedTdx forged =
        ForgedTdx.with(f ->
            f.quote.chain =
                ForgedTdx.chain(
                    f.vendor,
                    SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO)
                        .pck(ForgedTdx.pck().getPublic(), ForgedTdx.PPID)));
    assertEquals(
        List.of("pck.chain"), TdxSteps.failed(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust)));

    trust.chains().remember(trust.chains().parse(pem(forged)));

    Appraisal known = TdxSteps.judge(forged, policy, ForgedTdx.AT, trust);
    assertTrue(known.accepted(), known::reason);
  }

  @Test
  void itForgetsRatherThanGrows() throws Exception {
    var chains = new PckChains(5);
    for (int i = 0; i < 8; i++) {
      X509Certificate pck = ForgedTdx.VENDOR.pck(KeyPairs.ecP256().getPublic(), ForgedTdx.PPID);
      String text =
          ForgedTdx.chain(ForgedTdx.VENDOR, pck).stream()
              .map(Pem::encode)
              .collect(Collectors.joining());
      chains.remember(chains.parse(Bytes.ofUtf8(text)));
    }

    assertEquals(5, chains.size());
  }
}
