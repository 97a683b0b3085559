package dev.asterism.attestation.snp;

import static dev.asterism.testing.ForgedSnp.filled;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.testing.ForgedSnp;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnpFactsTest {
  private static List<String> values(String label, ForgedSnp forged) throws Exception {
    return SnpFacts.of(forged.document()).stream()
        .filter(fact -> fact.label().equals(label))
        .map(Fact::value)
        .toList();
  }

  @Test
  void aGuestOfAClusterSaysWhichItClaims() throws Exception {
    ForgedSnp alone = ForgedSnp.genuine();
    assertEquals(List.of("none"), values("claimed cluster id", alone));
    assertEquals(List.of("000102030405060708090a0b0c0d0e0f"), values("claimed boot id", alone));
    assertEquals(List.of(ForgedSnp.USER_DATA.hex()), values("userData", alone));

    ForgedSnp member =
        ForgedSnp.with(f ->
            f.claims =
                new String(
                    new SnpClaims(filled(32, 9), filled(16, 1)).encode().toArray(),
                    StandardCharsets.UTF_8));
    assertEquals(List.of(filled(32, 9).hex()), values("claimed cluster id", member));
  }

  @Test
  void certificatesAreThoseOfTheTableWhereThereIsOne() throws Exception {
    assertNotEquals(
        SnpFacts.of(ForgedSnp.genuine().document()).size(),
        SnpFacts.of(ForgedSnp.with(f -> f.stapled = false).document()).size());
  }
}
