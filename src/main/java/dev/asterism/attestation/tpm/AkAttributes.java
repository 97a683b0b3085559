package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks that a key is one that only a TPM can use, and only for what a TPM made: a restricted
 * signing key that never leaves it.
 */
final class AkAttributes {
  static final CheckId CHECK = new CheckId("ak.attributes", Stage.IDENTITY);

  private record Bit(int number, String name, boolean wanted) {}

  /** TPMA_OBJECT, part 2 section 8.3. */
  private static final List<Bit> BITS =
      List.of(
          new Bit(1, "fixedTPM", true),
          new Bit(4, "fixedParent", true),
          new Bit(5, "sensitiveDataOrigin", true),
          new Bit(16, "restricted", true),
          new Bit(18, "sign", true),
          new Bit(17, "decrypt", false));

  private AkAttributes() {}

  static void check(Checklist checks, TpmtPublic area) {
    List<String> wrong = new ArrayList<>();
    for (Bit bit : BITS) {
      boolean set = (area.objectAttributes() >> bit.number() & 1) != 0;
      if (set != bit.wanted()) {
        wrong.add((bit.wanted() ? "not " : "") + bit.name());
      }
    }
    checks.check(
        CHECK,
        "attributes of the attestation key",
        wrong.isEmpty(),
        "a restricted signing key of the TPM's own",
        wrong.isEmpty()
            ? String.format("%08x", area.objectAttributes())
            : String.join(", ", wrong));
  }
}
