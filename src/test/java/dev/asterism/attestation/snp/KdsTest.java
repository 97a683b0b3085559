package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.NOW;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareReport;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken of AMD's service, and from which keys a cache knows what it holds. */
class KdsTest {
  private static final String CHAIN = "amd-kds/vcek/v1/Genoa/cert_chain";
  private static final String CRL = "amd-kds/vcek/v1/Genoa/crl";
  private static final ForgedSnp GENUINE = ForgedSnp.genuine();
  private static final String VCEK =
      "amd-kds/vcek/v1/Genoa/"
          + GENUINE.hardwareId.hex()
          + "?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84";

  private final Map<String, Endorsement> held = new TreeMap<>();
  private final SnpRoots roots =
      SnpRoots.of("root", List.of(ForgedSnp.maker(SoftwareLine.GENOA).root()));
  private final KdsCatalog catalog = new KdsCatalog(roots);

  KdsTest() throws MalformedException {
    held.put(CHAIN, chain(GENUINE));
  }

  private static Endorsement chain(ForgedSnp f) {
    return Endorsement.of(Bytes.ofUtf8(Pem.encode(f.intermediate) + Pem.encode(f.root)));
  }

  private Optional<EndorsementRequest> find(String key) {
    return catalog.find(key, other -> Optional.ofNullable(held.get(other)));
  }

  private static Endorsement leaf(String oid, String content) {
    return Endorsement.of(
        ForgedSnp.der(
            ForgedSnp.with(
                    f -> f.extensions.put("1.3.6.1.4.1.3704.1." + oid, ForgedSnp.hex(content)))
                .leaf()));
  }

  private static void refused(String reason, EndorsementRequest request, Endorsement answer) {
    var e = assertThrows(MalformedException.class, () -> request.inspection().inspect(answer));
    assertTrue(String.valueOf(e.getMessage()).contains(reason), e::getMessage);
  }

  @Test
  void aKeyIsFoundAgain() {
    for (String key :
        List.of(CHAIN, CRL, VCEK, CHAIN.replace("vcek", "vlek"), CHAIN.replace("Genoa", "Milan"))) {
      assertEquals(key, find(key).orElseThrow().key());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "amd-kds/vcek/v1/Naples/cert_chain",
        "amd-kds/vcek/v1/Milan/crl",
        "amd-kds/vlek/v1/Genoa/crl",
        "amd-kds/other",
        "amd-kds/vcek/v1/Naples/77?blSPL=10",
        "amd-kds/vcek/v1/Milan/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84",
        "amd-kds/vcek/v1/Genoa/777?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=256",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=1000",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=x",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84=1",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&ucodeSPL=84&snpSPL=25",
        "amd-kds/vcek/v1/Genoa/77?blSPL=010&teeSPL=0&snpSPL=25&ucodeSPL=84",
        "amd-kds/vcek/v1/Genoa/77?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84&other=1",
      })
  void noOtherKeyIsOne(String key) {
    assertEquals(Optional.empty(), find(key));
  }

  @Test
  void withoutAGoodChainThereIsNothingToAskBy() throws Exception {
    held.put(CHAIN, chain(ForgedSnp.genuine(SoftwareLine.MILAN)));
    assertEquals(Optional.empty(), find(CRL));
    assertEquals(Optional.empty(), find(VCEK));
    held.clear();
    assertEquals(Optional.empty(), find(CRL));
    assertEquals(Optional.empty(), find(VCEK));
  }

  @Test
  void aChainIsTheLinesAndTrusted() throws Exception {
    EndorsementRequest request = Kds.chain(ProductLine.GENOA, KeyKind.VCEK, roots);
    var life = request.inspection().inspect(chain(GENUINE));
    assertEquals(GENUINE.intermediate.getNotBefore().toInstant(), life.issued());
    assertEquals(GENUINE.intermediate.getNotAfter().toInstant(), life.usableUntil());
    assertTrue(life.replaceable());

    refused(
        "is not named SEV-VLEK-Genoa",
        Kds.chain(ProductLine.GENOA, KeyKind.VLEK, roots),
        chain(GENUINE));
    refused(
        "ends in a root that is not trusted",
        Kds.chain(ProductLine.GENOA, KeyKind.VCEK, SnpRoots.AMD),
        chain(GENUINE));
    refused(
        "ends in a root that is not trusted",
        Kds.chain(ProductLine.MILAN, KeyKind.VCEK, roots),
        chain(GENUINE));
    refused(
        "is not an authority and its root",
        request,
        Endorsement.of(Bytes.ofUtf8(Pem.encode(GENUINE.root))));
    ForgedSnp strange = ForgedSnp.with(f -> f.intermediate = ForgedSnp.stranger().intermediate());
    refused("is not signed by its issuer", request, chain(strange));
  }

  @ParameterizedTest
  @CsvSource({"1, 9", "9, 1"})
  void aChainEndsWithWhatEndsFirst(int root, int intermediate) throws Exception {
    var brief = new OddCertificate("CN=ARK-Genoa", "CN=ARK-Genoa", GENUINE.root.getPublicKey());
    ForgedSnp f = ForgedSnp.genuine();
    // Signed by another, which an inspection by these roots would refuse: only its end matters
    // here.
    var pair = dev.asterism.crypto.PssAuthority.newKey(2048);
    brief.key = pair.getPublic();
    brief.days = root;
    f.root = brief.signedBy(pair.getPrivate());
    var authority =
        new OddCertificate("CN=SEV-Genoa", "CN=ARK-Genoa", f.intermediate.getPublicKey());
    authority.days = intermediate;
    f.intermediate = authority.signedBy(pair.getPrivate());
    var life =
        Kds.chain(ProductLine.GENOA, KeyKind.VCEK, SnpRoots.of("root", List.of(f.root)))
            .inspection()
            .inspect(chain(f));
    var first = root < intermediate ? f.root : f.intermediate;
    assertEquals(first.getNotAfter().toInstant(), life.usableUntil());
  }

  @Test
  void aCertificateIsTheChipsAtThatVersionByThatIssuer() throws Exception {
    EndorsementRequest request = find(VCEK).orElseThrow();
    var life = request.inspection().inspect(Endorsement.of(ForgedSnp.der(GENUINE.leaf())));
    assertEquals(GENUINE.leaf().getNotAfter().toInstant(), life.usableUntil());

    String other = "is of another chip or TCB version";
    refused(other, request, leaf("4", "78".repeat(64)));
    refused(other, request, leaf("4", "77".repeat(8)));
    refused(other, request, leaf("3.8", "020101"));
    refused(
        other,
        request,
        Endorsement.of(
            ForgedSnp.der(
                ForgedSnp.with(f -> f.extensions.remove("1.3.6.1.4.1.3704.1.4")).leaf())));
    refused(
        "is not signed by its issuer",
        request,
        Endorsement.of(
            ForgedSnp.der(
                ForgedSnp.stranger()
                    .vcek(GENUINE.key.getPublic(), GENUINE.hardwareId, GENUINE.tcb))));
  }

  @Test
  void aReportIsAskedForByItsChipAndVersion() throws Exception {
    Bytes report = GENUINE.signedReport();
    assertEquals(VCEK, vcek(report).key());
    var hidden = ForgedSnp.with(f -> f.report.set(SoftwareReport.CHIP_ID, Bytes.zeros(64)));
    var e = assertThrows(MalformedException.class, () -> vcek(hidden.signedReport()));
    assertTrue(e.getMessage().contains("hides which chip"), e.getMessage());
    var fleet = ForgedSnp.with(f -> f.report.u32(SoftwareReport.SIGNER_INFO, 1 | (1 << 2)));
    e = assertThrows(MalformedException.class, () -> vcek(fleet.signedReport()));
    assertTrue(e.getMessage().contains("not signed by a chip's own key"), e.getMessage());
  }

  private static EndorsementRequest vcek(Bytes report) throws MalformedException {
    return Kds.vcek(SnpReport.parse(report), ProductLine.GENOA, chain(GENUINE));
  }

  @Test
  void aListIsTheRoots() throws Exception {
    EndorsementRequest request = find(CRL).orElseThrow();
    var life = request.inspection().inspect(Endorsement.of(GENUINE.crl));
    assertTrue(life.replaceable());
    assertTrue(life.issued().isBefore(NOW) && life.usableUntil().isAfter(NOW));
    refused(
        "is not signed by the ARK",
        request,
        Endorsement.of(ForgedSnp.stranger().crl(NOW, NOW.plusSeconds(9), List.of())));
    assertEquals(request.key(), Kds.crl(ProductLine.GENOA, KeyKind.VCEK, chain(GENUINE)).key());
  }
}
