package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
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
            // 4
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
            // 6
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
            // 12
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
                    assertEquals(
                        List.of(f.check()),
                        TdxSteps.failed(TdxSteps.judge(ForgedTdx.with(f.change()))))));
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

    assertEquals(
        List.of("collateral.evaluation-number"),
        TdxSteps.failed(TdxSteps.judge(newer, policy, ForgedTdx.AT, trust)));
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

  private static Map<String, Bytes> extension() {
    return Map.of(PckExtension.OID, extension(2, 11));
  }

  private static Bytes extension(int svn, int pceSvn) {
    return SoftwareTdxVendor.extension(ForgedTdx.PPID, SoftwareTdxVendor.FMSPC, svn, pceSvn);
  }

  private static String text(Bytes utf8) {
    return new String(utf8.toArray(), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static ObjectNode level(ForgedTdx forged) {
    return (ObjectNode) ((ArrayNode) forged.tcbInfo.get("tcbLevels")).get(0);
  }

  private static ArrayNode moduleLevels(ForgedTdx forged) {
    ObjectNode module = (ObjectNode) ((ArrayNode) forged.tcbInfo.get("tdxModuleIdentities")).get(0);
    return (ArrayNode) module.get("tcbLevels");
  }
}
