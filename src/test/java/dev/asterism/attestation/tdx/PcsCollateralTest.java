package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.tdx.TdxCollateralSource.UnavailableException;
import dev.asterism.crypto.EcdsaP256;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PcsCollateralTest {
  private static final String TCB =
      "/tdx/certification/v4/tcb?fmspc=" + SoftwareTdxVendor.FMSPC.hex();
  private static final String QE = "/tdx/certification/v4/qe/identity";
  private static final String ROOT_CRL = "/IntelSGXRootCA.der";
  private static final String PCK_CRL = "/sgx/certification/v4/pckcrl?ca=platform&encoding=der";

  /** Answers what passes inspection, as a cache does. */
  private static final class Service implements EndorsementSource {
    final Map<String, Endorsement> answers = new ConcurrentHashMap<>();
    final Map<String, String> refused = new ConcurrentHashMap<>();

    @Override
    public Answer get(EndorsementRequest request) {
      Endorsement answer = answers.get(request.path());
      if (answer == null) {
        return new Answer.Unavailable("nobody answers " + request.path());
      }
      try {
        request.inspection().inspect(answer);
        return new Answer.Found(answer);
      } catch (MalformedException e) {
        refused.put(request.path(), String.valueOf(e.getMessage()));
        return new Answer.Unavailable(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public Endorsement newest(EndorsementRequest request, Endorsement presented) {
      return presented;
    }
  }

  private static Service service(ForgedTdx forged) {
    Service service = new Service();
    Map<String, Bytes> files = new HashMap<>(forged.collateral());
    String chain = escaped(forged.vendor.signerChain());
    put(service, TCB, files.get("tcb-info.json"), Map.of("TCB-Info-Issuer-Chain", chain));
    put(
        service,
        QE,
        files.get("qe-identity.json"),
        Map.of("SGX-Enclave-Identity-Issuer-Chain", chain));
    put(service, ROOT_CRL, files.get("root-crl.der"), Map.of());
    put(service, PCK_CRL, files.get("pck-crl.der"), Map.of());
    return service;
  }

  private static void put(Service service, String path, Bytes body, Map<String, String> headers) {
    service.answers.put(path, new Endorsement(body, headers));
  }

  private static String escaped(Bytes pem) {
    return URLEncoder.encode(
            new String(pem.toArray(), StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)
        .replace("+", "%20");
  }

  private static boolean accepted(TdxCollateralSource source) {
    return TdxSteps.judge(
            ForgedTdx.genuine(),
            TdxSteps.policy(ForgedTdx.config()),
            ForgedTdx.AT,
            new TdxTrust(source))
        .accepted();
  }

  private static TdxPlatformId platform() {
    return new TdxPlatformId(
        SoftwareTdxVendor.FMSPC,
        PckAuthority.PLATFORM,
        ForgedTdx.VENDOR.authority().certificate(),
        ForgedTdx.VENDOR.rootCertificate());
  }

  @Test
  void whatTheServiceSaysIsCollateral() {
    assertTrue(accepted(new PcsCollateral(service(ForgedTdx.genuine()), false)));
  }

  @Test
  void aCacheMaySpeakHex() {
    Service service = service(ForgedTdx.genuine());
    Endorsement der = service.answers.remove(ROOT_CRL);
    put(
        service,
        "/sgx/certification/v4/rootcacrl",
        Bytes.ofUtf8(der.body().hex().toUpperCase(java.util.Locale.ROOT) + "\n"),
        Map.of());

    assertTrue(accepted(new PcsCollateral(service, true)));
  }

  @Test
  void theSameAnswersAreTheSameCollateral() throws UnavailableException {
    var source = new PcsCollateral(service(ForgedTdx.genuine()), false);

    assertSame(source.find(platform()), source.find(platform()));
  }

  @Test
  void aNewAnswerIsNewCollateral() throws UnavailableException {
    Service service = service(ForgedTdx.genuine());
    var source = new PcsCollateral(service, false);
    TdxCollateral before = source.find(platform());
    ForgedTdx newer = ForgedTdx.with(f -> f.tcbInfo.put("tcbEvaluationDataNumber", 7));
    service.answers.put(TCB, service(newer).answers.get(TCB));

    assertEquals(newer.collateral().get("tcb-info.json").length(), before.tcbInfo().length());
    assertTrue(!source.find(platform()).equals(before));
  }

  @Test
  void whatIsMissingIsNamed() {
    for (String path : List.of(TCB, QE, ROOT_CRL, PCK_CRL)) {
      Service service = service(ForgedTdx.genuine());
      service.answers.remove(path);

      var e =
          assertThrows(
              UnavailableException.class, () -> new PcsCollateral(service, false).find(platform()));
      assertEquals("nobody answers " + path, e.getMessage());
    }
  }

  @Test
  void whatAnotherRootSignedIsNotTaken() {
    SoftwareTdxVendor other = SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO);
    Service foreign = service(ForgedTdx.genuine());
    String chain = escaped(other.signerChain());
    put(
        foreign,
        TCB,
        other.signed("tcbInfo", other.tcbInfo("UpToDate", List.of())),
        Map.of("TCB-Info-Issuer-Chain", chain));
    put(
        foreign,
        QE,
        other.signed("enclaveIdentity", other.qeIdentity()),
        Map.of("SGX-Enclave-Identity-Issuer-Chain", chain));
    put(foreign, ROOT_CRL, other.revocationList(other.root(), List.of()), Map.of());
    put(foreign, PCK_CRL, other.revocationList(other.authority(), List.of()), Map.of());

    assertThrows(
        UnavailableException.class, () -> new PcsCollateral(foreign, false).find(platform()));
    assertEquals(java.util.Set.of(TCB, QE, ROOT_CRL, PCK_CRL), foreign.refused.keySet());
  }

  @Test
  void aTcbInfoOfOtherPlatformsIsNotTaken() {
    Service service = service(ForgedTdx.with(f -> f.tcbInfo.put("fmspc", "000000000000")));

    assertThrows(
        UnavailableException.class, () -> new PcsCollateral(service, false).find(platform()));
    assertEquals("fmspc: is that of other platforms", service.refused.get(TCB));
  }

  private static void refused(String path, String reason, Service service) {
    assertThrows(
        UnavailableException.class, () -> new PcsCollateral(service, false).find(platform()));
    assertTrue(
        String.valueOf(service.refused.get(path)).contains(reason),
        () -> String.valueOf(service.refused));
  }

  private static Map<String, String> tcbChain(String... chain) {
    return Map.of("TCB-Info-Issuer-Chain", String.join("", chain));
  }

  private static String pem(java.security.cert.X509Certificate certificate) {
    return escaped(Bytes.ofUtf8(Pem.encode(certificate)));
  }

  @Test
  void whoSignsIsNamedAsASignerAndIsNoAuthority() {
    ForgedTdx forged = ForgedTdx.genuine();
    Validity valid = new Validity(ForgedTdx.FROM, ForgedTdx.TO);
    String root = pem(forged.vendor.rootCertificate());
    Service service = service(forged);
    Bytes body = service.answers.get(TCB).body();
    var other =
        forged
            .vendor
            .root()
            .issue(forged.vendor.signingKey().getPublic(), "CN=Other", valid, Map.of());
    put(service, TCB, body, tcbChain(pem(other), root));
    refused(TCB, "does not begin with the signer of collateral", service);

    var authority = forged.vendor.root().authority("CN=Intel SGX TCB Signing", valid);
    String text = Json.line(forged.tcbInfo);
    Bytes signed =
        Bytes.ofUtf8(
            "{\"tcbInfo\":%s,\"signature\":\"%s\"}"
                .formatted(text, EcdsaP256.sign(authority.key(), Bytes.ofUtf8(text)).hex()));
    put(service, TCB, signed, tcbChain(pem(authority.certificate()), root));
    refused(TCB, "does not begin with the signer of collateral", service);

    put(service, TCB, body, tcbChain(pem(TdxStepsTest.lastAuthority(forged)), root));
    refused(TCB, "does not begin with the signer of collateral", service);

    var another =
        forged
            .vendor
            .root()
            .issue(
                dev.asterism.crypto.KeyPairs.ecP256().getPublic(),
                "CN=Intel SGX TCB Signing",
                valid,
                Map.of());
    put(service, TCB, body, tcbChain(pem(another), root));
    refused(TCB, "is not its signer's over this text", service);
  }

  @Test
  void aSignerMayBeOlderOrYoungerThanItsRootsCertificate() {
    ForgedTdx forged = ForgedTdx.genuine();
    for (int seconds : new int[] {-9, 9}) {
      var other =
          forged
              .vendor
              .root()
              .issue(
                  forged.vendor.signingKey().getPublic(),
                  "CN=Intel SGX TCB Signing",
                  new Validity(ForgedTdx.FROM.plusSeconds(seconds), ForgedTdx.TO),
                  Map.of());
      Service service = service(forged);
      put(
          service,
          TCB,
          service.answers.get(TCB).body(),
          tcbChain(pem(other), pem(forged.vendor.rootCertificate())));
      assertTrue(accepted(new PcsCollateral(service, false)));
    }
  }

  @Test
  void whoIsInterruptedStillKnows() throws Exception {
    Service service = service(ForgedTdx.genuine());
    Thread.currentThread().interrupt();
    var _ = new PcsCollateral(service, false).find(platform());
    assertTrue(Thread.interrupted());
  }

  @Test
  void theChainComesInAHeaderOfEitherName() {
    Service service = service(ForgedTdx.genuine());
    Endorsement answer = service.answers.get(TCB);
    String chain = escaped(ForgedTdx.VENDOR.signerChain());
    put(service, TCB, answer.body(), Map.of("SGX-TCB-Info-Issuer-Chain", chain));
    assertTrue(accepted(new PcsCollateral(service, false)));
    put(service, TCB, answer.body(), Map.of());
    refused(TCB, "is missing", service);
    put(service, TCB, answer.body(), tcbChain("%zz"));
    refused(TCB, "is not escaped as a URL", service);
  }

  @Test
  void aListIsItsAuthoritys() {
    Service service = service(ForgedTdx.genuine());
    put(service, PCK_CRL, service.answers.get(ROOT_CRL).body(), Map.of());
    refused(PCK_CRL, "is not its authority's", service);
    put(service, ROOT_CRL, Bytes.EMPTY, Map.of());
    put(service, PCK_CRL, Bytes.of(new byte[] {0x30}), Map.of());
    refused(ROOT_CRL, "is not a DER revocation list", service);
  }

  @Test
  void anAnswerThatTurnsBadIsNotTakenForTheGoodOneBefore() throws Exception {
    Service service = service(ForgedTdx.genuine());
    var source = new PcsCollateral(service, false);
    source.find(platform());
    put(service, PCK_CRL, service.answers.get(ROOT_CRL).body(), Map.of());
    assertThrows(UnavailableException.class, () -> source.find(platform()));
  }

  @Test
  void allAreAskedForAtOnce() throws Exception {
    Service service = service(ForgedTdx.genuine());
    var together = new CyclicBarrier(4);
    var waits = new java.util.concurrent.atomic.AtomicInteger();
    var source =
        new EndorsementSource() {
          @Override
          public Answer get(EndorsementRequest request) {
            if (waits.incrementAndGet() <= 4) {
              try {
                together.await(30, TimeUnit.SECONDS);
              } catch (Exception e) {
                return new Answer.Unavailable("asked alone");
              }
            }
            return service.get(request);
          }

          @Override
          public Endorsement newest(EndorsementRequest request, Endorsement presented) {
            return presented;
          }
        };
    var collateral = new PcsCollateral(source, false);
    var found = collateral.find(platform());
    assertEquals(8, waits.get());
    assertSame(found, collateral.find(platform()));
    assertEquals(12, waits.get());
  }
}
