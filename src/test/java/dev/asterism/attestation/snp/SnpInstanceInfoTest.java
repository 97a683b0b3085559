package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.device.SnpGuest;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;

class SnpInstanceInfoTest {
  private static final ForgedSnp GENUINE = ForgedSnp.genuine();
  private static final Bytes REPORT = GENUINE.signedReport();
  private static final Bytes LEAF = ForgedSnp.der(GENUINE.leaf());
  private static final Bytes ASK = ForgedSnp.der(GENUINE.intermediate);
  private static final Bytes ARK = ForgedSnp.der(GENUINE.root);
  private static final SnpInstanceInfo BARE = new SnpInstanceInfo(null, null, REPORT, null, null);
  private static final CertificateSet OTHERS =
      new CertificateSet(Bytes.zeros(1), Bytes.zeros(2), Bytes.zeros(3), Bytes.zeros(4));

  private static Bytes pem(Bytes... certificates) {
    var text = new StringBuilder();
    for (Bytes certificate : certificates) {
      text.append(Pem.encode("CERTIFICATE", certificate));
    }
    return Bytes.ofUtf8(text.toString());
  }

  private static SnpInstanceInfo parse(String json) throws MalformedException {
    return SnpInstanceInfo.parse(Bytes.ofUtf8(json));
  }

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    var all =
        new SnpInstanceInfo(
            pem(LEAF),
            pem(ASK, ARK),
            REPORT,
            new SnpInstanceInfo.Azure(Bytes.ofUtf8("claims"), "token"),
            new SnpInstanceInfo.Gcp("zone", "project", "name"));
    assertEquals(all, SnpInstanceInfo.parse(all.write()));
    assertEquals(BARE, SnpInstanceInfo.parse(BARE.write()));
    assertEquals(
        "{\"ReportSigner\":null,\"CertChain\":null,\"AttestationReport\":\""
            + REPORT.base64()
            + "\",\"Azure\":null,\"GCP\":null}",
        new String(BARE.write().toArray(), java.nio.charset.StandardCharsets.UTF_8));
  }

  @Test
  void whatIsEmptyIsAbsent() throws Exception {
    String report = "\"AttestationReport\":\"" + REPORT.base64() + "\"";
    assertEquals(BARE, parse("{" + report + "}"));
    assertEquals(BARE, parse("{\"ReportSigner\":\"\",\"CertChain\":\"\"," + report + "}"));
    assertEquals(
        new SnpInstanceInfo.Azure(Bytes.zeros(1), ""),
        parse("{\"Azure\":{\"RuntimeData\":\"AA==\"}," + report + "}").azure());
    var e = assertThrows(MalformedException.class, () -> SnpInstanceInfo.parse(null));
    assertTrue(e.getMessage().contains("is missing"), e.getMessage());
  }

  @Test
  void certificatesThatDidNotComeAreReplaced() throws Exception {
    assertEquals(
        new CertificateSet(Bytes.zeros(1), Bytes.zeros(2), Bytes.zeros(3), null),
        BARE.certificates(OTHERS));
    assertEquals(
        new CertificateSet(LEAF, ASK, ARK, null),
        new SnpInstanceInfo(pem(LEAF), pem(ARK, ASK), REPORT, null, null).certificates(OTHERS));
    assertEquals(
        new CertificateSet(Bytes.zeros(1), ASK, Bytes.zeros(3), null),
        new SnpInstanceInfo(null, pem(ASK), REPORT, null, null).certificates(OTHERS));
  }

  @Test
  void aGuestSendsWhatItsHostHasForItsReport() throws Exception {
    var gcp = new SnpInstanceInfo.Gcp("zone", "project", "name");
    assertEquals(
        new SnpInstanceInfo(pem(LEAF), pem(ASK), REPORT, null, gcp),
        SnpInstanceInfo.of(new SnpGuest.Evidence(REPORT, table(LEAF)), gcp));
    assertEquals(BARE, SnpInstanceInfo.of(new SnpGuest.Evidence(REPORT, Bytes.EMPTY), null));
  }

  private static Bytes table(Bytes leaf) {
    return dev.asterism.device.SoftwareSnp.table(leaf, ASK, ARK, Bytes.EMPTY);
  }
}
