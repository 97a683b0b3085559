package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.MEASUREMENT;
import static dev.asterism.testing.ForgedSnp.NONCE;
import static dev.asterism.testing.ForgedSnp.USER_DATA;
import static dev.asterism.testing.ForgedSnp.filled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Variant;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnpIssuerTest {
  private static final Bytes BOOT = filled(16, 1);

  @TempDir Path folder;

  private final SoftwareSnp guest =
      SoftwareSnp.launch(
          ForgedSnp.maker(SoftwareLine.GENOA),
          MEASUREMENT,
          SoftwareLine.GENOA.tcb(),
          Bytes.EMPTY,
          new SecureRandom());
  private ClusterFile cluster;

  @BeforeEach
  void register() {
    cluster = new ClusterFile(folder.resolve("cluster-id"));
  }

  @Test
  void aDocumentIsOverAllThatItSays() throws Exception {
    var issuer = new SnpIssuer(guest, cluster, BOOT);
    SnpDocument document = SnpDocument.parse(issuer.issue(USER_DATA, NONCE));
    assertEquals(USER_DATA, document.userData());
    assertEquals(new SnpClaims(null, BOOT).encode(), document.claims());
    assertEquals(guest.certificates(), document.certTable());
    assertEquals(
        SnpDocument.reportData(USER_DATA, NONCE, document.claims()),
        SnpReport.parse(document.report()).reportData());
    assertEquals(Variant.SEV_SNP, issuer.variant());

    cluster.extend(filled(32, 9));
    document = SnpDocument.parse(issuer.issue(USER_DATA, NONCE));
    assertEquals(new SnpClaims(filled(32, 9), BOOT).encode(), document.claims());
  }

  @Test
  void aGuestKnowsItself() throws Exception {
    var issuer = new SnpIssuer(guest, cluster, BOOT);
    assertEquals(MEASUREMENT, issuer.measurements().byIndex().get(SnpPolicy.LAUNCH).expected());
    assertEquals(
        SnpReport.parse(guest.report(Bytes.zeros(64)).report()).reportId(), issuer.reportId());
  }

  @Test
  void aHostWithoutATableIsNoTrouble() throws Exception {
    var bare = new SoftwareSnp(guest.fields(), guest.key(), Bytes.EMPTY, null, "bare");
    var issuer = new SnpIssuer(bare, cluster, BOOT);
    Bytes document = issuer.issue(USER_DATA, NONCE);
    assertNull(SnpDocument.parse(document).certTable());
    assertTrue(Json.object("document", document).get("CertTable").isNull());
  }

  @Test
  void aDeviceThatFailsOrTalksNonsenseIsNamed() {
    SnpGuest broken = guest(null);
    var e =
        assertThrows(
            IssueException.class,
            () -> new SnpIssuer(broken, cluster, BOOT).issue(USER_DATA, NONCE));
    assertTrue(String.valueOf(e.getMessage()).contains("a device"), e::getMessage);
    SnpGuest odd = guest(Bytes.ofUtf8("odd"));
    assertThrows(IssueException.class, () -> new SnpIssuer(odd, cluster, BOOT).reportId());
    Bytes brief = filled(15, 1);
    assertThrows(IllegalArgumentException.class, () -> new SnpIssuer(odd, cluster, brief));
  }

  private static SnpGuest guest(@org.jspecify.annotations.Nullable Bytes report) {
    return new SnpGuest() {
      @Override
      public Evidence report(Bytes reportData) throws IOException {
        if (report == null) {
          throw new IOException("is gone");
        }
        return new Evidence(report, Bytes.EMPTY);
      }

      @Override
      public String description() {
        return "a device";
      }
    };
  }
}
