package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.crypto.Pem;
import dev.asterism.device.SoftwareLine;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who is asked for what did not come with a report, and what is said where nobody has it. */
class CertificatesTest {
  private static final ForgedSnp GENUINE = ForgedSnp.genuine();
  private static final Bytes LEAF = ForgedSnp.der(GENUINE.leaf());
  private static final Bytes ASK = ForgedSnp.der(GENUINE.intermediate);
  private static final Bytes ARK = ForgedSnp.der(GENUINE.root);
  private static final Bytes REPORT = GENUINE.signedReport();
  private static final String CHAIN = "amd-kds/vcek/v1/Genoa/cert_chain";
  private static final String VCEK =
      "amd-kds/vcek/v1/Genoa/"
          + GENUINE.hardwareId.hex()
          + "?blSPL=10&teeSPL=0&snpSPL=25&ucodeSPL=84";

  private final List<String> asked = new ArrayList<>();
  private final Map<String, Endorsement> served = new TreeMap<>();

  /** Inspects nothing: what it finds is taken to have passed. */
  private final EndorsementSource source =
      new EndorsementSource() {
        @Override
        public Answer get(EndorsementRequest request) {
          asked.add(request.key());
          Endorsement found = served.get(request.key());
          return found == null
              ? new Answer.Unavailable("nobody is there")
              : new Answer.Found(found);
        }

        @Override
        public Endorsement newest(EndorsementRequest request, Endorsement presented) {
          return presented;
        }
      };

  CertificatesTest() {
    served.put(
        CHAIN,
        Endorsement.of(Bytes.ofUtf8(Pem.encode(GENUINE.intermediate) + Pem.encode(GENUINE.root))));
  }

  private static SnpRoots roots() throws Exception {
    return SnpRoots.of("root", List.of(ForgedSnp.maker(SoftwareLine.GENOA).root()));
  }

  private Certificates.Result complete(CertificateSet presented) throws Exception {
    return complete(roots(), source, presented);
  }

  private static Certificates.Result complete(
      SnpRoots roots, EndorsementSource source, CertificateSet presented) throws Exception {
    return new Certificates(roots, new ChainVerifier(), source)
        .complete(SnpReport.parse(REPORT), ProductLine.GENOA, KeyKind.VCEK, presented);
  }

  private static String missing(Certificates.Result result) {
    return assertInstanceOf(Certificates.Result.Missing.class, result).reason();
  }

  @Test
  void nobodyIsAskedForWhatFits() throws Exception {
    assertEquals(
        new Certificates.Result.Complete(LEAF, ASK, ARK, null),
        complete(new CertificateSet(LEAF, ASK, ARK, null)));
    assertEquals(List.of(), asked);
  }

  @Test
  void issuersAreAskedForWhereOneOfThemIsMissing() throws Exception {
    for (CertificateSet half :
        List.of(
            new CertificateSet(LEAF, null, ARK, null),
            new CertificateSet(LEAF, ASK, null, null),
            new CertificateSet(LEAF, null, null, null))) {
      assertEquals(new Certificates.Result.Complete(LEAF, ASK, ARK, null), complete(half));
    }
    assertEquals(List.of(CHAIN, CHAIN, CHAIN), asked);
  }

  @Test
  void issuersThatTheSourceFoundAreNotCheckedOnceMore() throws Exception {
    served.put(VCEK, Endorsement.of(LEAF));
    assertEquals(
        new Certificates.Result.Complete(LEAF, ASK, ARK, null),
        complete(SnpRoots.AMD, source, CertificateSet.NONE));
    assertEquals(List.of(CHAIN, VCEK), asked);
  }

  @Test
  void byIssuersThatAreNotTrustedNobodyIsAsked() throws Exception {
    var set = new CertificateSet(null, ASK, ARK, null);
    assertEquals(
        "no certificate came with the report; certificate chain: ends in a root that is not trusted",
        missing(complete(SnpRoots.AMD, source, set)));
    assertEquals(List.of(), asked);
  }

  @Test
  void withoutACertificateAndASourceThereIsNone() throws Exception {
    assertEquals(
        "no certificate came with the report; only what comes with the evidence is looked at",
        missing(
            complete(roots(), EndorsementSource.NONE, new CertificateSet(null, ASK, ARK, null))));
  }

  @Test
  void whyACertificateDoesNotFitIsSaid() throws Exception {
    String words = "the certificate that came with the report ";
    for (var bad :
        Map.of(
                leaf("3.8", "020101"), "is of another TCB version",
                leaf("4", "78".repeat(64)), "is of another chip",
                Bytes.zeros(1), "cannot be read (leaf certificate: is not a DER certificate)")
            .entrySet()) {
      var set = new CertificateSet(bad.getKey(), ASK, ARK, null);
      assertEquals(words + bad.getValue() + "; nobody is there", missing(complete(set)));
      // Where nobody can be asked, the checks say it.
      assertEquals(
          new Certificates.Result.Complete(bad.getKey(), ASK, ARK, null),
          complete(roots(), EndorsementSource.NONE, set));
    }
    assertEquals(List.of(VCEK, VCEK, VCEK), asked);
  }

  private static Bytes leaf(String oid, String content) {
    return ForgedSnp.der(
        ForgedSnp.with(f -> f.extensions.put("1.3.6.1.4.1.3704.1." + oid, ForgedSnp.hex(content)))
            .leaf());
  }
}
