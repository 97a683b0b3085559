package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Collateral without a quote: it is believed by the chains that come with it. */
class PcsCatalogTest {
  private static final String TCB =
      "intel-pcs/tdx/certification/v4/tcb?fmspc=" + SoftwareTdxVendor.FMSPC.hex();
  private static final String QE = "intel-pcs/tdx/certification/v4/qe/identity";
  private static final String ROOT_CRL = "intel-root/IntelSGXRootCA.der";
  private static final String CACHED_ROOT_CRL = "intel-pcs/sgx/certification/v4/rootcacrl";
  private static final String PCK_CRL =
      "intel-pcs/sgx/certification/v4/pckcrl?ca=platform&encoding=der";
  private static final String PROCESSOR_CRL = PCK_CRL.replace("platform", "processor");

  private final ForgedTdx forged = ForgedTdx.genuine();
  private final Map<String, Endorsement> known = new HashMap<>();
  private final PcsCatalog catalog = catalog(forged.vendor.rootCertificate());

  PcsCatalogTest() {
    Map<String, Bytes> files = forged.collateral();
    String signers = escaped(forged.vendor.signerChain());
    put(TCB, files.get("tcb-info.json"), Map.of("tcb-info-issuer-chain", signers));
    put(QE, files.get("qe-identity.json"), Map.of("sgx-enclave-identity-issuer-chain", signers));
    put(ROOT_CRL, files.get("root-crl.der"), Map.of());
    put(CACHED_ROOT_CRL, files.get("root-crl.der"), Map.of());
    put(PCK_CRL, files.get("pck-crl.der"), crlChain(forged.vendor.authority().certificate()));
  }

  private static PcsCatalog catalog(X509Certificate root) {
    return new PcsCatalog(new TdxRoot.Given(root));
  }

  private void put(String key, Bytes body, Map<String, String> headers) {
    known.put(key, new Endorsement(body, headers));
  }

  private Map<String, String> crlChain(X509Certificate authority) {
    return Map.of(
        "sgx-pck-crl-issuer-chain",
        escaped(Bytes.ofUtf8(Pem.encode(authority) + Pem.encode(forged.vendor.rootCertificate()))));
  }

  private static String escaped(Bytes pem) {
    return URLEncoder.encode(
            new String(pem.toArray(), StandardCharsets.US_ASCII), StandardCharsets.US_ASCII)
        .replace("+", "%20");
  }

  private Optional<Endorsement> find(String key) {
    return Optional.ofNullable(known.get(key));
  }

  private void inspect(PcsCatalog by, String key) throws MalformedException {
    EndorsementRequest request = by.find(key, this::find).orElseThrow();
    assertEquals(key, request.key());
    Endorsement.Life life = request.inspection().inspect(find(key).orElseThrow());
    assertTrue(life.issued().isBefore(ForgedTdx.AT));
    assertTrue(life.usableUntil().isAfter(ForgedTdx.AT));
  }

  private void assertRefused(String reason, PcsCatalog by, String key) {
    var e = assertThrows(MalformedException.class, () -> inspect(by, key));
    assertTrue(e.getMessage().contains(reason), e.getMessage());
  }

  @Test
  void knowsEachThingByItsKey() throws Exception {
    for (String key : List.of(TCB, QE, ROOT_CRL, CACHED_ROOT_CRL, PCK_CRL)) {
      inspect(catalog, key);
    }
    assertEquals(PROCESSOR_CRL, catalog.find(PROCESSOR_CRL, this::find).orElseThrow().key());
    for (String other : List.of(TCB + "0", QE + "2", "amd-kds/vcek/v1/Milan/crl", "")) {
      assertTrue(catalog.find(other, this::find).isEmpty(), other);
    }
  }

  @Test
  void listsWhatAPlatformTakes() {
    assertEquals(
        List.of(TCB, QE, ROOT_CRL, PCK_CRL),
        catalog.platform(SoftwareTdxVendor.FMSPC, false, this::find).stream()
            .map(EndorsementRequest::key)
            .toList());
    assertEquals(
        CACHED_ROOT_CRL, catalog.platform(SoftwareTdxVendor.FMSPC, true, this::find).get(2).key());
  }

  @Test
  void eachIsInspectedAsItIsListed() throws Exception {
    for (boolean cached : new boolean[] {false, true}) {
      for (EndorsementRequest request :
          catalog.platform(SoftwareTdxVendor.FMSPC, cached, this::find)) {
        var life = request.inspection().inspect(find(request.key()).orElseThrow());
        assertTrue(life.usableUntil().isAfter(ForgedTdx.AT), request.key());
      }
    }
  }

  @Test
  void takesNothingBelowAnotherRoot() {
    PcsCatalog other =
        catalog(SoftwareTdxVendor.create(ForgedTdx.FROM, ForgedTdx.TO).rootCertificate());
    for (String key : List.of(TCB, QE, ROOT_CRL, CACHED_ROOT_CRL, PCK_CRL)) {
      assertRefused("does not end in the root that is trusted", other, key);
    }
  }

  @Test
  void theRootsListNeedsTheQeIdentity() {
    known.remove(QE);
    assertRefused("QE identity: is missing", catalog, ROOT_CRL);
  }

  @Test
  void aListIsThatOfTheAuthorityThatItIsAskedFor() {
    known.put(PROCESSOR_CRL, known.get(PCK_CRL));
    assertRefused("is not that of the processor", catalog, PROCESSOR_CRL);
  }

  @Test
  void anAuthorityIsTheRoots() {
    VendorAuthority own =
        VendorAuthority.root(
            "CN=Intel SGX PCK Platform CA", new Validity(ForgedTdx.FROM, ForgedTdx.TO));
    put(
        PCK_CRL,
        own.revocationList(new Validity(ForgedTdx.FROM, ForgedTdx.TO), List.of()),
        crlChain(own.certificate()));
    assertRefused("does not lead to the platform's root", catalog, PCK_CRL);
  }

  @Test
  void keysAreOfThePlatformThatTheyName() {
    String key = TCB.replace(SoftwareTdxVendor.FMSPC.hex(), "000000000000");
    known.put(key, known.get(TCB));
    assertRefused("is that of other platforms", catalog, key);
    assertEquals(
        Optional.empty(),
        catalog.find(TCB.replace(SoftwareTdxVendor.FMSPC.hex(), "x"), this::find));
  }

  @Test
  void anAnswerWithoutItsChainIsNone() {
    assertThrows(
        MalformedException.class,
        () ->
            catalog
                .find(TCB, this::find)
                .orElseThrow()
                .inspection()
                .inspect(new Endorsement(find(TCB).orElseThrow().body(), Map.of())));
  }
}
