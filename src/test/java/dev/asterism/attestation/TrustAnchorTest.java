package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.crypto.Pem;
import dev.asterism.testing.Vectors;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TrustAnchorTest {
  private static final int LIMIT = 1024 * 1024;

  @Test
  void countsAnchorsOfASingleSourceOnlyWhereTheyAreNamed() {
    assertEquals(
        List.of(
            "gcp-tpm-ek-host-root-2018", "microsoft-rsa-devices-root-2021", "microsoft-ameroot"),
        Arrays.stream(TrustAnchor.values())
            .filter(TrustAnchor::caution)
            .map(TrustAnchor::id)
            .toList());
  }

  @Test
  void holdsTheKeysOfThePublishedCertificatesAndNoOthers() throws Exception {
    Path vectors = Vectors.root();
    assumeTrue(vectors != null, "no vectors beside the checkout");
    JsonNode table =
        Json.object("trust-anchors", AtomicFile.read(vectors.resolve("trust-anchors.json"), LIMIT))
            .path("anchors");
    assertEquals(TrustAnchor.values().length, table.size());
    for (JsonNode row : table) {
      TrustAnchor anchor = TrustAnchor.byId(row.path("id").asString()).orElseThrow();
      Bytes der = AtomicFile.read(vectors.resolve(row.path("file").asString()), LIMIT);
      X509Certificate certificate = Pem.certificate(anchor.id(), der);
      assertEquals(anchor.certificateSha256(), Digests.SHA256.of(der).hex());
      assertEquals(row.path("caution").isMissingNode(), !anchor.caution());
      assertEquals(row.path("type").asString().equals("root"), anchor.root());
      assertEquals(
          List.of(anchor),
          Arrays.stream(TrustAnchor.values()).filter(a -> a.holds(certificate)).toList());
    }
    assertTrue(table.size() > 20);
  }
}
