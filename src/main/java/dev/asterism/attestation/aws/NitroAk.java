package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.tpm.SigningKeys;
import dev.asterism.attestation.tpm.VerifiedQuote;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Ties a quote to the NitroTPM that a genuine document is of. */
final class NitroAk {
  static final CheckId KEY = new CheckId("nitro.key", Stage.BINDING);
  static final CheckId PCRS = new CheckId("nitro.quote", Stage.PCRS);

  private NitroAk() {}

  /** The attestation key that the document names, as a point or as a SubjectPublicKeyInfo. */
  static Optional<PublicKey> check(Checklist checks, VerifiedNitroDocument document) {
    Bytes named = document.content().publicKey();
    if (named == null) {
      checks.fail(KEY, "the document names no key");
      return Optional.empty();
    }
    try {
      PublicKey key = key(named);
      checks.pass(KEY, "SHA-256 " + SigningKeys.spkiSha256(key).hex());
      return Optional.of(key);
    } catch (MalformedException e) {
      checks.fail(KEY, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  private static PublicKey key(Bytes named) throws MalformedException {
    boolean point = !named.isEmpty() && named.at(0) == SigningKeys.UNCOMPRESSED;
    return point
        ? SigningKeys.ofPoint("public_key", named)
        : SigningKeys.ofSpki("public_key", named);
  }

  /**
   * Whether quote and document say the same of the registers. Only the SHA-384 bank is in both:
   * whoever can use the key elsewhere cannot have another one's values signed by the hypervisor.
   */
  static void checkPcrs(Checklist checks, VerifiedNitroDocument document, VerifiedQuote quote) {
    if (quote.bank() == Digests.SHA384) {
      checkPcrs(checks, document, quote.pcrs());
    } else {
      checks.warn(PCRS, "the quote is of another bank than the document: nothing to compare");
    }
  }

  /**
   * The same, of a document's quote.
   *
   * @param values of the SHA-384 bank; null where it has no quote of that
   */
  static void checkPcrs(
      Checklist checks, VerifiedNitroDocument document, @Nullable Map<Integer, Bytes> values) {
    if (values == null) {
      checks.fail(PCRS, "there is no quote of the SHA-384 bank, which the hypervisor knows");
      return;
    }
    for (Map.Entry<Integer, Bytes> entry : values.entrySet()) {
      Bytes stated = document.content().pcrs().get(entry.getKey());
      if (stated != null && !stated.equals(entry.getValue())) {
        checks.check(PCRS, "PCR " + entry.getKey(), false, stated.hex(), entry.getValue().hex());
        return;
      }
    }
    checks.pass(PCRS, "the same values in both");
  }
}
