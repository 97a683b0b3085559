package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class BundleTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final CertificateAuthority ROOT =
      CertificateAuthority.create("root", NOW, NOW.plusSeconds(60));

  private final ObjectNode manifest = Json.newObject();

  private Bundle bundle() throws Exception {
    return new Bundle(
        "kind",
        manifest,
        Map.of("quote", Bytes.zeros(9), "root", Bytes.of(ROOT.certificate().getEncoded())));
  }

  private void malformed(String field) {
    var e = assertThrows(MalformedException.class, () -> TrustedRoots.of(bundle()));
    assertEquals(field, e.field());
  }

  @Test
  void filesAreThereOrMissedByName() throws Exception {
    assertEquals(9, bundle().file("quote").length());
    assertEquals(Optional.empty(), bundle().optionalFile("other"));
    assertEquals(Optional.of(Bytes.zeros(9)), bundle().optionalFile("quote"));
    var e = assertThrows(MalformedException.class, () -> bundle().file("other"));
    assertEquals("files.other", e.field());
  }

  @Test
  void membersMayBeMissingButNotOfAnotherForm() throws Exception {
    assertTrue(bundle().inputs().isEmpty() && bundle().trust().isEmpty());
    manifest.putNull("inputs");
    assertTrue(bundle().inputs().isEmpty());
    manifest.putObject("inputs").put("a", 1);
    assertEquals(1, bundle().inputs().size());
    manifest.put("trust", "me");
    var e = assertThrows(MalformedException.class, () -> bundle().trust());
    assertEquals("trust", e.field());
  }

  @Test
  void aFileIsCutWithinItsLength() throws Exception {
    assertEquals(0, bundle().truncated("quote", 0).file("quote").length());
    assertEquals(9, bundle().truncated("quote", 9).file("quote").length());
    assertEquals(9, bundle().file("quote").length());
    for (int length : new int[] {-1, 10}) {
      assertThrows(MalformedException.class, () -> bundle().truncated("quote", length));
    }
  }

  @Test
  void aManifestTrustsAnAnchorOrOneOfItsFiles() throws Exception {
    malformed("trust");
    manifest.putObject("trust").put("anchor", "nobody");
    malformed("trust.anchor");
    manifest.putObject("trust").put("anchor", "aws-nitro-root-g1");
    assertEquals(Set.of(TrustAnchor.AWS_NITRO_ROOT_G1), TrustedRoots.of(bundle()).anchors());
    manifest.putObject("trust").put("file", "ca.der");
    malformed("files");
    ObjectNode files = manifest.putObject("files");
    malformed("trust.file");
    files.put("quote", 1).put("root", "ca.der");
    TrustedRoots roots = TrustedRoots.of(bundle());
    assertTrue(roots.holds(ROOT.certificate()));
    assertFalse(
        roots.holds(CertificateAuthority.create("root", NOW, NOW.plusSeconds(60)).certificate()));
    files.put("missing", "other.der");
    manifest.putObject("trust").put("file", "other.der");
    malformed("files.missing");
  }

  @Test
  void aManifestTrustsOneRootAndAnotherOneForAttestationKeys() throws Exception {
    manifest.putObject("files").put("root", "ca.der");
    manifest.putObject("trust").put("anchor", "aws-nitro-root-g1").put("file", "ca.der");
    malformed("trust");
    manifest.putObject("trust").put("anchor", "aws-nitro-root-g1").put("ak_file", "ca.der");
    assertEquals(
        Optional.of(new BundleTrust.Anchor(TrustAnchor.AWS_NITRO_ROOT_G1)),
        BundleTrust.of(bundle()));
    assertEquals(Optional.of(new BundleTrust.File(ROOT.certificate())), BundleTrust.ofAk(bundle()));
  }

  @Test
  void rootsThatNobodySendsAreKnownByTheirKeys() {
    assertEquals(1, new TrustedRoots(List.of(), Set.of(TrustAnchor.GCP_EK_AK_ROOT)).keys().size());
    assertEquals(
        0, new TrustedRoots(List.of(), Set.of(TrustAnchor.AWS_NITRO_ROOT_G1)).keys().size());
    assertFalse(
        new TrustedRoots(List.of(), Set.of(TrustAnchor.AWS_NITRO_ROOT_G1))
            .holds(ROOT.certificate()));
  }

  @Test
  void aSourceMayHaveSomethingUnlessItSaysOtherwise() {
    EndorsementSource source =
        new EndorsementSource() {
          @Override
          public Answer get(EndorsementRequest request) {
            return new Answer.Unavailable("not now");
          }

          @Override
          public Endorsement newest(EndorsementRequest request, Endorsement presented) {
            return presented;
          }
        };
    assertFalse(source.isEmpty());
  }

  @Test
  void anEndorsementIsAskedForByServiceAndPath() {
    EndorsementRequest.Inspection any = answer -> new Endorsement.Life(NOW, NOW, true);
    var good = new EndorsementRequest("amd-kds", "/a?b=c", List.of("h"), 1, any);
    assertEquals("amd-kds/a?b=c", good.key());
    for (String[] bad :
        new String[][] {
          {"AMD", "/a"},
          {"", "/a"},
          {"a".repeat(33), "/a"},
          {"amd", "a"},
          {"amd", "/"},
          {"amd", "/a b"},
          {"amd", "/" + "a".repeat(513)}
        }) {
      assertThrows(
          IllegalArgumentException.class,
          () -> new EndorsementRequest(bad[0], bad[1], List.of(), 1, any));
    }
    var endorsement = new Endorsement(Bytes.EMPTY, Map.of("Some-Header", "x"));
    assertEquals("x", endorsement.headers().get("some-header"));
    assertEquals(new Endorsement(Bytes.zeros(1), Map.of()), Endorsement.of(Bytes.zeros(1)));
    assertTrue(EndorsementSource.NONE.isEmpty());
    assertInstanceOf(EndorsementSource.Answer.Unavailable.class, EndorsementSource.NONE.get(good));
    assertEquals(endorsement, EndorsementSource.NONE.newest(good, endorsement));
  }
}
