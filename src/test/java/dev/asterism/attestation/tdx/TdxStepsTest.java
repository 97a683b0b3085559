package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Checklist;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.EcdsaP256;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Each step of Intel's algorithm has a forgery that only it refuses. */
class TdxStepsTest {
  private static final Validity VALID = new Validity(ForgedTdx.FROM, ForgedTdx.TO);

  @Test
  void theGenuineQuoteIsAccepted() {
    var appraisal = TdxSteps.judge(ForgedTdx.genuine());

    assertTrue(appraisal.accepted(), appraisal::reason);
  }

  @TestFactory
  Stream<DynamicTest> onlyItsStepRefusesAForgery() {
    return Stream.of(
            // 1
            forgery(
                "pck.chain",
                "a chain to another root",
                f -> {
                  SoftwareTdxVendor other = SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO);
                  f.quote.chain =
                      ForgedTdx.chain(
                          other, other.pck(ForgedTdx.pck().getPublic(), ForgedTdx.PPID));
                }),
            forgery(
                "pck.chain",
                "an authority of another name",
                f -> {
                  VendorAuthority other =
                      f.vendor.root().authority("CN=Intel SGX Something CA", VALID);
                  f.quote.chain =
                      List.of(pck(other), other.certificate(), f.vendor.rootCertificate());
                }),
            forgery(
                "pck.chain",
                "an authority without a name",
                f -> {
                  VendorAuthority other = f.vendor.root().authority("O=Intel", VALID);
                  f.quote.chain =
                      List.of(pck(other), other.certificate(), f.vendor.rootCertificate());
                }),
            forgery(
                "pck.chain",
                "an authority that the root did not make",
                f -> {
                  VendorAuthority other =
                      VendorAuthority.root(
                          f.vendor.authority().certificate().getSubjectX500Principal().getName(),
                          VALID);
                  f.quote.chain =
                      List.of(pck(other), other.certificate(), f.vendor.rootCertificate());
                }),
            forgery(
                "pck.chain",
                "a root that somebody changed",
                f ->
                    f.quote.chain =
                        List.of(
                            f.quote.chain.get(0),
                            f.quote.chain.get(1),
                            changed(f.vendor.rootCertificate()))),
            forgery(
                "pck.chain",
                "a PCK that is an authority",
                f -> f.quote.chain = ForgedTdx.chain(f.vendor, pckThatIsAnAuthority(f))),
            forgery(
                "pck.validity",
                "a PCK certificate that has run out",
                f -> {
                  X509Certificate old =
                      f.vendor
                          .authority()
                          .issue(
                              ForgedTdx.pck().getPublic(),
                              "CN=Intel SGX PCK Certificate",
                              new Validity(ForgedTdx.FROM, ForgedTdx.FROM.plusSeconds(60)),
                              extension());
                  f.quote.chain = ForgedTdx.chain(f.vendor, old);
                }),
            // 2
            forgery(
                "qe.report-signature",
                "a QE report of another key",
                f -> f.quote.pck = KeyPairs.ecP256().getPrivate()),
            // 3
            forgery(
                "qe.binding",
                "a QE report for another attestation key",
                f -> f.quote.qeReportData = Bytes.zeros(64)),
            forgery(
                "qe.binding",
                "a QE report with something behind the hash",
                f ->
                    f.quote.qeReportData =
                        Bytes.concat(
                            Digests.SHA256.of(
                                EcdsaP256.point(f.quote.attestationKey.getPublic()),
                                f.quote.qeAuthenticationData),
                            Bytes.zeros(31),
                            Bytes.ofUtf8("x"))),
            // 4
            forgery(
                "quote.signature",
                "an attestation key that is no point",
                f ->
                    f.quote.attestationKey =
                        new KeyPair(
                            new OffTheCurve((ECPublicKey) f.quote.attestationKey.getPublic()),
                            f.quote.attestationKey.getPrivate())),
            forgery(
                "quote.signature",
                "a quote of another key",
                f -> f.quote.quoteSigner = KeyPairs.ecP256().getPrivate()),
            forgery(
                "quote.report-data",
                "a quote for somebody else",
                f -> f.quote.reportData = Bytes.concat(Bytes.ofUtf8("x"), Bytes.zeros(63))),
            forgery(
                "quote.padding",
                "something behind the quote",
                f -> f.quote.padding = Bytes.ofUtf8("\0\0x")),
            // 5
            forgery(
                "collateral.parse",
                "a TCB info with something beside it",
                f ->
                    f.replaced.put(
                        "tcb-info.json",
                        Bytes.ofUtf8(
                            text(f.vendor.signed("tcbInfo", f.tcbInfo))
                                .replace("{\"tcb", "{\"a\":1,\"tcb")))),
            forgery(
                "collateral.parse",
                "a chain of more certificates than anybody needs",
                f ->
                    f.replaced.put(
                        "tcb-info-chain.pem",
                        Bytes.concat(f.vendor.signerChain(), f.vendor.signerChain()))),
            // 6
            forgery(
                "collateral.chain",
                "a signer who is an authority",
                f -> {
                  VendorAuthority signer =
                      f.vendor.root().authority("CN=Intel SGX TCB Signing", VALID);
                  f.replaced.put(
                      "tcb-info-chain.pem",
                      chain(signer.certificate(), f.vendor.rootCertificate()));
                  String text = Json.line(f.tcbInfo);
                  f.replaced.put(
                      "tcb-info.json",
                      Bytes.ofUtf8(
                          "{\"tcbInfo\":%s,\"signature\":\"%s\"}"
                              .formatted(
                                  text, EcdsaP256.sign(signer.key(), Bytes.ofUtf8(text)).hex())));
                }),
            forgery(
                "collateral.chain",
                "a TCB info whose signer signs other things",
                f ->
                    f.replaced.put(
                        "tcb-info-chain.pem",
                        chain(signer(f, "Other", VALID), f.vendor.rootCertificate()))),
            forgery(
                "collateral.chain",
                "a QE identity whose signer signs other things",
                f ->
                    f.replaced.put(
                        "qe-identity-chain.pem",
                        chain(signer(f, "Other", VALID), f.vendor.rootCertificate()))),
            forgery(
                "collateral.chain",
                "a signer who is an authority for nobody below",
                f ->
                    f.replaced.put(
                        "tcb-info-chain.pem", chain(lastAuthority(f), f.vendor.rootCertificate()))),
            forgery(
                "collateral.validity",
                "a signer who has run out",
                f ->
                    f.replaced.put(
                        "qe-identity-chain.pem",
                        chain(
                            signer(
                                f,
                                "Intel SGX TCB Signing",
                                new Validity(ForgedTdx.FROM, ForgedTdx.AT.minusSeconds(1))),
                            f.vendor.rootCertificate()))),
            forgery(
                "collateral.chain",
                "a signer below a root that somebody changed",
                f -> {
                  String chain = text(f.vendor.signerChain());
                  f.replaced.put(
                      "tcb-info-chain.pem",
                      Bytes.ofUtf8(
                          chain.substring(0, chain.indexOf("\n-----BEGIN", 1) + 1)
                              + Pem.encode(changed(f.vendor.rootCertificate()))));
                }),
            forgery(
                "collateral.chain",
                "a signer of another root",
                f -> {
                  SoftwareTdxVendor other = SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO);
                  f.replaced.put("tcb-info-chain.pem", other.signerChain());
                  f.replaced.put("tcb-info.json", other.signed("tcbInfo", f.tcbInfo));
                }),
            forgery(
                "collateral.chain",
                "a PCK authority that signs a QE identity",
                f ->
                    f.replaced.put(
                        "qe-identity-chain.pem",
                        Bytes.ofUtf8(
                            Pem.encode(f.vendor.authority().certificate())
                                + Pem.encode(f.vendor.rootCertificate())))),
            // 7
            forgery(
                "collateral.signature",
                "a TCB info changed by a space",
                f ->
                    f.replaced.put(
                        "tcb-info.json",
                        Bytes.ofUtf8(
                            text(f.vendor.signed("tcbInfo", f.tcbInfo))
                                .replace("\"tcbType\":0", "\"tcbType\": 0")))),
            forgery(
                "collateral.signature",
                "a QE identity with another's signature",
                f ->
                    f.replaced.put(
                        "qe-identity.json",
                        SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO)
                            .signed("enclaveIdentity", f.qeIdentity))),
            // 8
            forgery(
                "collateral.crl",
                "a root CRL of the PCK authority",
                f ->
                    f.replaced.put(
                        "root-crl.der", f.vendor.revocationList(f.vendor.authority(), List.of()))),
            forgery(
                "collateral.crl",
                "a PCK CRL under the right name and another key",
                f ->
                    f.replaced.put(
                        "pck-crl.der",
                        f.vendor.revocationList(
                            VendorAuthority.root(
                                f.vendor
                                    .authority()
                                    .certificate()
                                    .getSubjectX500Principal()
                                    .getName(),
                                VALID),
                            List.of()))),
            // 9
            forgery(
                "collateral.validity",
                "a TCB info that has run out",
                f -> f.tcbInfo.put("nextUpdate", ForgedTdx.AT.minusSeconds(1).toString())),
            forgery(
                "collateral.validity",
                "a QE identity of tomorrow",
                f -> f.qeIdentity.put("issueDate", ForgedTdx.AT.plusSeconds(1).toString())),
            forgery(
                "collateral.validity",
                "a PCK CRL that has run out",
                f ->
                    f.replaced.put(
                        "pck-crl.der",
                        f.vendor
                            .authority()
                            .revocationList(
                                new Validity(ForgedTdx.FROM, ForgedTdx.AT.minusSeconds(1)),
                                List.of()))),
            // 11
            forgery(
                "pck.revocation",
                "a PCK that is revoked",
                f ->
                    f.replaced.put(
                        "pck-crl.der",
                        f.vendor.revocationList(
                            f.vendor.authority(), List.of(f.quote.chain.getFirst())))),
            forgery(
                "pck.revocation",
                "a PCK authority that is revoked",
                f ->
                    f.replaced.put(
                        "root-crl.der",
                        f.vendor.revocationList(
                            f.vendor.root(), List.of(f.vendor.authority().certificate())))),
            forgery(
                "pck.revocation",
                "a signer of collateral that is revoked",
                f ->
                    f.replaced.put(
                        "root-crl.der",
                        f.vendor.revocationList(f.vendor.root(), List.of(f.vendor.signer())))),
            forgery(
                "pck.revocation",
                "a signer of collateral by an authority that is revoked",
                TdxStepsTest::signedBelowARevokedAuthority),
            forgery(
                "pck.revocation",
                "a signer of the QE identity who is revoked",
                f -> {
                  X509Certificate other = signer(f, "Intel SGX TCB Signing", VALID);
                  f.replaced.put("qe-identity-chain.pem", chain(other, f.vendor.rootCertificate()));
                  f.replaced.put(
                      "root-crl.der", f.vendor.revocationList(f.vendor.root(), List.of(other)));
                }),
            // 12
            forgery(
                "qe.identity",
                "an identity of another version",
                f -> f.qeIdentity.put("version", 3)),
            forgery(
                "qe.identity",
                "other ATTRIBUTES",
                f ->
                    f.quote.qeAttributes =
                        Bytes.concat(Bytes.of(new byte[] {0x19}), Bytes.zeros(15))),
            forgery(
                "qe.identity", "a QE of another signer", f -> f.quote.qeMrSigner = Bytes.zeros(32)),
            forgery("qe.identity", "another product of that signer", f -> f.quote.qeIsvProdId = 1),
            forgery(
                "qe.identity",
                "another MISCSELECT",
                f -> f.quote.qeMiscSelect = Bytes.of(new byte[] {1, 0, 0, 0})),
            forgery(
                "qe.identity",
                "the identity of another enclave",
                f -> f.qeIdentity.put("id", "QE")),
            forgery(
                "qe.debug",
                "a QE under debug that its identity allows",
                f -> {
                  f.quote.qeAttributes = Bytes.concat(Bytes.of(new byte[] {0x17}), Bytes.zeros(15));
                  f.qeIdentity.put("attributesMask", "00".repeat(16));
                }),
            // 13
            forgery("qe.level", "a QE below every level", f -> f.quote.qeIsvSvn = 1),
            // 14
            forgery("tcb.info", "a TCB info of SGX", f -> f.tcbInfo.put("id", "SGX")),
            forgery(
                "tcb.info",
                "a TCB info of other platforms",
                f -> f.tcbInfo.put("fmspc", "000000000000")),
            forgery("tcb.info", "a TCB info of another version", f -> f.tcbInfo.put("version", 2)),
            forgery("tcb.info", "a TCB info of another type", f -> f.tcbInfo.put("tcbType", 1)),
            forgery("tcb.info", "a TCB info of another PCE", f -> f.tcbInfo.put("pceId", "0001")),
            // 15
            forgery(
                "tcb.module",
                "a module that Intel did not sign",
                f -> f.quote.mrSignerSeam = Bytes.concat(Bytes.ofUtf8("x"), Bytes.zeros(47))),
            forgery(
                "tcb.module",
                "a module with attributes",
                f -> f.quote.seamAttributes = Bytes.concat(Bytes.ofUtf8("x"), Bytes.zeros(7))),
            forgery(
                "tcb.module",
                "a module of a version that nobody lists",
                f ->
                    f.quote.teeTcbSvn =
                        Bytes.concat(Bytes.of(new byte[] {5, 9, 2}), Bytes.zeros(13))),
            forgery(
                "tcb.module",
                "a module of TDX 1.0 that Intel did not sign",
                f -> {
                  f.quote.teeTcbSvn = teeTcbSvn(0, 0, 2);
                  f.quote.mrSignerSeam = Bytes.concat(Bytes.ofUtf8("x"), Bytes.zeros(47));
                }),
            // 16
            forgery(
                "tcb.module-level",
                "a module below every level",
                f ->
                    f.quote.teeTcbSvn =
                        Bytes.concat(Bytes.of(new byte[] {1, 1, 2}), Bytes.zeros(13))),
            // 17
            forgery(
                "tcb.level",
                "a platform below every level by its TDX components",
                f ->
                    f.quote.teeTcbSvn =
                        Bytes.concat(Bytes.of(new byte[] {5, 1, 1}), Bytes.zeros(13))),
            forgery(
                "tcb.level",
                "a module of TDX 1.0 below every level of the platform",
                f -> {
                  f.quote.teeTcbSvn = teeTcbSvn(0, 0, 2);
                  component(f, 0, 1);
                }),
            forgery(
                "tcb.status",
                "a platform that is out of date",
                f -> level(f).put("tcbStatus", "OutOfDate")),
            forgery(
                "tcb.status",
                "a module that is out of date",
                f -> ((ObjectNode) moduleLevels(f).get(0)).put("tcbStatus", "OutOfDate")),
            forgery(
                "tcb.status",
                "a QE that is revoked",
                f ->
                    ((ObjectNode) ((ArrayNode) f.qeIdentity.get("tcbLevels")).get(0))
                        .put("tcbStatus", "Revoked")))
        .map(f ->
            DynamicTest.dynamicTest(
                f.check() + ": " + f.what(),
                () ->
                    TdxSteps.assertEndsAt(f.check(), TdxSteps.judge(ForgedTdx.with(f.change())))));
  }

  @Test
  void ofTheModulesComponentsItsIdentityJudges() {
    ForgedTdx old = ForgedTdx.with(f -> f.quote.teeTcbSvn = teeTcbSvn(0, 0, 2));
    assertTrue(TdxSteps.judge(old).accepted(), () -> TdxSteps.judge(old).reason());
    ForgedTdx now =
        ForgedTdx.with(f -> {
          component(f, 0, 200);
          component(f, 1, 200);
        });
    assertTrue(TdxSteps.judge(now).accepted(), () -> TdxSteps.judge(now).reason());
  }

  @Test
  void aPathThatEndsBeforeItsRootIsNone() {
    ObjectNode config = ForgedTdx.config();
    config.put("intelRootKey", Pem.encode(ForgedTdx.VENDOR.authority().certificate()));
    var refused = TdxSteps.judge(ForgedTdx.genuine(), TdxSteps.policy(config), ForgedTdx.AT);
    assertEquals(List.of("pck.chain"), TdxSteps.failed(refused));
    assertTrue(refused.reason().contains("is not PCK, its authority, root"), refused::reason);
  }

  /** Only of saved evidence may nobody know what it answers. */
  @Test
  void liveEvidenceAnswersSomebody() throws Exception {
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    TdxCollateral collateral = TdxSteps.collateral(ForgedTdx.genuine());
    var verification = new TdxVerification(policy, new TdxTrust(platform -> collateral));
    TdQuote quote = verification.parse(ForgedTdx.genuine().quote.make());
    for (boolean saved : new boolean[] {false, true}) {
      Checklist checks = new Checklist(TdxVerification.plan(policy));
      assertEquals(
          saved, verification.verify(checks, quote, null, ForgedTdx.AT, saved).isPresent());
      assertEquals(
          saved ? List.of() : List.of("quote.report-data"),
          checks.anyFailed() ? TdxSteps.failed(checks.conclude(null)) : List.of());
    }
  }

  @Test
  void theRootNeedNotComeWithTheSignersOfCollateral() {
    ForgedTdx brief =
        ForgedTdx.with(f -> {
          String chain = text(f.vendor.signerChain());
          Bytes signer = Bytes.ofUtf8(chain.substring(0, chain.indexOf("\n-----BEGIN", 1) + 1));
          f.replaced.put("tcb-info-chain.pem", signer);
          f.replaced.put("qe-identity-chain.pem", signer);
        });
    assertTrue(TdxSteps.judge(brief).accepted(), () -> TdxSteps.judge(brief).reason());
  }

  @Test
  void withoutCollateralAModuleIsStillIntels() {
    ObjectNode config = ForgedTdx.config().put("collateral", "optional");
    var none = new TdxTrust(TdxCollateralSource.NONE);
    for (Consumer<ForgedTdx> change :
        List.<Consumer<ForgedTdx>>of(
            f -> f.quote.mrSignerSeam = Bytes.concat(Bytes.ofUtf8("x"), Bytes.zeros(47)),
            f -> f.quote.seamAttributes = Bytes.concat(Bytes.zeros(7), Bytes.ofUtf8("x")))) {
      var refused =
          TdxSteps.judge(ForgedTdx.with(change), TdxSteps.policy(config), ForgedTdx.AT, none);
      assertEquals(List.of("tcb.module"), TdxSteps.failed(refused));
      assertTrue(refused.reason().contains("is not signed by Intel"), refused::reason);
    }
  }

  @Test
  void collateralIsVerifiedOnceForEachFetch() {
    ForgedTdx forged = ForgedTdx.genuine();
    TdxCollateral collateral = TdxSteps.collateral(forged);
    TdxTrust trust = new TdxTrust(platform -> collateral);
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    List<String> before = List.of("verified when it was fetched");
    for (String check : List.of("collateral.chain", "collateral.signature", "collateral.crl")) {
      TdxTrust fresh = new TdxTrust(platform -> collateral);
      assertEquals(
          List.of("", ""),
          TdxSteps.notes(check, TdxSteps.judge(forged, policy, ForgedTdx.AT, fresh)));
    }
    var _ = TdxSteps.judge(forged, policy, ForgedTdx.AT, trust);
    Appraisal again = TdxSteps.judge(forged, policy, ForgedTdx.AT, trust);
    assertTrue(again.accepted(), again::reason);
    for (String check :
        List.of("collateral.parse", "collateral.chain", "collateral.signature", "collateral.crl")) {
      assertEquals(before, TdxSteps.notes(check, again));
    }
  }

  @Test
  void signersOfCollateralThatWasVerifiedBeforeStillRunOut() {
    for (String chain : List.of("tcb-info-chain.pem", "qe-identity-chain.pem")) {
      ForgedTdx forged =
          ForgedTdx.with(f ->
              f.replaced.put(
                  chain,
                  chain(
                      signer(
                          f,
                          "Intel SGX TCB Signing",
                          new Validity(ForgedTdx.FROM, ForgedTdx.AT.plusSeconds(60))),
                      f.vendor.rootCertificate())));
      TdxCollateral collateral = TdxSteps.collateral(forged);
      TdxTrust trust = new TdxTrust(platform -> collateral);
      TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
      assertTrue(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust).accepted());
      assertEquals(
          List.of("collateral.validity"),
          TdxSteps.failed(TdxSteps.judge(forged, policy, ForgedTdx.AT.plusSeconds(61), trust)));
    }
  }

  @Test
  void aRootListThatRunsOutIsNoLongerOne() {
    assertEquals(
        List.of("collateral.validity"),
        TdxSteps.failed(
            TdxSteps.judge(
                ForgedTdx.with(f ->
                    f.replaced.put(
                        "root-crl.der",
                        f.vendor
                            .root()
                            .revocationList(
                                new Validity(ForgedTdx.FROM, ForgedTdx.AT.minusSeconds(1)),
                                List.of()))))));
  }

  @Test
  void periodsAndNumbersAreComparedToTheLast() {
    var period = new Period(ForgedTdx.FROM, ForgedTdx.AT);
    assertTrue(period.holds(ForgedTdx.FROM) && period.holds(ForgedTdx.AT));
    assertFalse(period.holds(ForgedTdx.FROM.minusSeconds(1)));
    assertFalse(period.holds(ForgedTdx.AT.plusSeconds(1)));
    var later = new Period(ForgedTdx.FROM.plusSeconds(1), ForgedTdx.AT.plusSeconds(1));
    var both = new Period(ForgedTdx.FROM.plusSeconds(1), ForgedTdx.AT);
    assertEquals(both, period.during(later));
    assertEquals(both, later.during(period));

    var numbers = new EvaluationNumbers();
    numbers.raise("tcbInfo", 5);
    numbers.raise("tcbInfo", 3);
    assertEquals(5, numbers.floor("tcbInfo"));
    assertEquals(0, numbers.floor("qeIdentity"));

    Bytes one = Bytes.ofUtf8("a");
    assertTrue(Masked.equal(one, one, one));
    assertFalse(Masked.equal(Bytes.EMPTY, one, one));
    assertFalse(Masked.equal(one, Bytes.EMPTY, one));
    assertFalse(Masked.equal(one, Bytes.ofUtf8("b"), Bytes.ofUtf8("c")));
    assertTrue(Masked.equal(one, Bytes.ofUtf8("b"), Bytes.ofUtf8("d")));
  }

  private static Bytes teeTcbSvn(int svn, int version, int third) {
    return Bytes.concat(
        Bytes.of(new byte[] {(byte) svn, (byte) version, (byte) third}), Bytes.zeros(13));
  }

  private static void component(ForgedTdx f, int index, int svn) {
    ArrayNode components = (ArrayNode) level(f).get("tcb").get("tdxtcbcomponents");
    ((ObjectNode) components.get(index)).put("svn", svn);
  }

  private static X509Certificate signer(ForgedTdx f, String name, Validity validity) {
    return f.vendor
        .root()
        .issue(f.vendor.signingKey().getPublic(), "CN=" + name, validity, Map.of());
  }

  private static Bytes chain(X509Certificate... certificates) {
    var pem = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      pem.append(Pem.encode(certificate));
    }
    return Bytes.ofUtf8(pem.toString());
  }

  private static X509Certificate pckThatIsAnAuthority(ForgedTdx f) {
    return authority(
        f.vendor.authority(),
        "CN=Intel SGX PCK Certificate",
        ForgedTdx.pck().getPublic(),
        new BasicConstraints(0),
        extension(2, 11));
  }

  /** Its path length is 0. */
  static X509Certificate lastAuthority(ForgedTdx f) {
    return authority(
        f.vendor.root(),
        "CN=Intel SGX TCB Signing",
        f.vendor.signingKey().getPublic(),
        new BasicConstraints(0),
        null);
  }

  private static X509Certificate authority(
      VendorAuthority issuer,
      String subject,
      PublicKey key,
      BasicConstraints constraints,
      @Nullable Bytes pckExtension) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer.certificate(),
              BigInteger.TEN,
              Date.from(ForgedTdx.FROM),
              Date.from(ForgedTdx.TO),
              new X500Principal(subject),
              key);
      builder.addExtension(Extension.basicConstraints, true, constraints);
      if (pckExtension != null) {
        builder.addExtension(
            new ASN1ObjectIdentifier(PckExtension.OID), false, pckExtension.toArray());
      }
      return Pem.certificate(
          subject,
          Bytes.of(
              builder
                  .build(new JcaContentSignerBuilder("SHA256withECDSA").build(issuer.key()))
                  .getEncoded()));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key of the right form whose point is one beside another's. */
  private record OffTheCurve(ECPublicKey other) implements ECPublicKey {
    @Override
    public ECPoint getW() {
      ECPoint point = other.getW();
      return new ECPoint(point.getAffineX(), point.getAffineY().xor(BigInteger.ONE));
    }

    @Override
    public ECParameterSpec getParams() {
      return other.getParams();
    }

    @Override
    public String getAlgorithm() {
      return other.getAlgorithm();
    }

    @Override
    public String getFormat() {
      return other.getFormat();
    }

    @Override
    public byte[] getEncoded() {
      return other.getEncoded();
    }
  }

  private static void signedBelowARevokedAuthority(ForgedTdx f) {
    VendorAuthority processor = f.vendor.root().authority("CN=Intel SGX PCK Processor CA", VALID);
    X509Certificate signer =
        processor.issue(
            f.vendor.signingKey().getPublic(), "CN=Intel SGX TCB Signing", VALID, Map.of());
    f.replaced.put(
        "tcb-info-chain.pem",
        Bytes.ofUtf8(
            Pem.encode(signer)
                + Pem.encode(processor.certificate())
                + Pem.encode(f.vendor.rootCertificate())));
    f.replaced.put(
        "root-crl.der", f.vendor.revocationList(f.vendor.root(), List.of(processor.certificate())));
  }

  @Test
  void aPlatformBelowEveryLevelByItsOwnComponentsIsRefused() {
    assertEquals(
        List.of("tcb.level"),
        TdxSteps.failed(TdxSteps.judge(ForgedTdx.ofPlatform(extension(1, 11)))));
    assertEquals(
        List.of("tcb.level"),
        TdxSteps.failed(TdxSteps.judge(ForgedTdx.ofPlatform(extension(2, 10)))));
  }

  @Test
  void collateralOfASmallerNumberThanSeenBeforeIsRefused() {
    ForgedTdx newer = ForgedTdx.with(f -> f.tcbInfo.put("tcbEvaluationDataNumber", 2));
    TdxCollateral[] current = {TdxSteps.collateral(newer)};
    TdxTrust trust = new TdxTrust(platform -> current[0]);
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    assertTrue(TdxSteps.judge(newer, policy, ForgedTdx.AT, trust).accepted());

    current[0] = TdxSteps.collateral(ForgedTdx.genuine());

    TdxSteps.assertEndsAt(
        "collateral.evaluation-number", TdxSteps.judge(newer, policy, ForgedTdx.AT, trust));
  }

  @Test
  void collateralThatWasVerifiedBeforeStillRunsOut() {
    ForgedTdx forged =
        ForgedTdx.with(
            f -> f.tcbInfo.put("nextUpdate", ForgedTdx.AT.plus(Duration.ofDays(1)).toString()));
    TdxCollateral collateral = TdxSteps.collateral(forged);
    TdxTrust trust = new TdxTrust(platform -> collateral);
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    assertTrue(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust).accepted());
    assertTrue(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust).accepted());

    Instant late = ForgedTdx.AT.plus(Duration.ofDays(2));

    assertEquals(
        List.of("collateral.validity"),
        TdxSteps.failed(TdxSteps.judge(forged, policy, late, trust)));
  }

  @Test
  void aStatusThatIsNotAcceptedNamesItsAdvisories() {
    var appraisal =
        TdxSteps.judge(
            ForgedTdx.with(f -> {
              level(f).put("tcbStatus", "OutOfDate");
              level(f).putArray("advisoryIDs").add("INTEL-SA-00001");
            }));

    assertTrue(appraisal.reason().contains("OutOfDate (INTEL-SA-00001)"), appraisal::reason);
  }

  private record Forgery(String check, String what, Consumer<ForgedTdx> change) {}

  private static Forgery forgery(String check, String what, Consumer<ForgedTdx> change) {
    return new Forgery(check, what, change);
  }

  private static X509Certificate pck(VendorAuthority issuer) {
    KeyPair key = ForgedTdx.pck();
    return issuer.issue(key.getPublic(), "CN=Intel SGX PCK Certificate", VALID, extension());
  }

  static Map<String, Bytes> extension() {
    return Map.of(PckExtension.OID, extension(2, 11));
  }

  private static Bytes extension(int svn, int pceSvn) {
    return SoftwareTdxVendor.extension(ForgedTdx.PPID, SoftwareTdxVendor.FMSPC, svn, pceSvn);
  }

  /** With another last bit, which is its signature's. */
  private static X509Certificate changed(X509Certificate certificate) {
    Bytes der = ForgedSnp.der(certificate);
    int last = der.length() - 1;
    byte[] bit = {(byte) (der.at(last) ^ 1)};
    try {
      return Pem.certificate("changed", Bytes.concat(der.slice(0, last), Bytes.of(bit)));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(Bytes utf8) {
    return new String(utf8.toArray(), StandardCharsets.UTF_8);
  }

  private static ObjectNode level(ForgedTdx forged) {
    return (ObjectNode) ((ArrayNode) forged.tcbInfo.get("tcbLevels")).get(0);
  }

  private static ArrayNode moduleLevels(ForgedTdx forged) {
    ObjectNode module = (ObjectNode) ((ArrayNode) forged.tcbInfo.get("tdxModuleIdentities")).get(0);
    return (ArrayNode) module.get("tcbLevels");
  }
}
