package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.tdx.TdxCollateralSource.UnavailableException;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
}
