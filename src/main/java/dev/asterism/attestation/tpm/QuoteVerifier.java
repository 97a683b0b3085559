package dev.asterism.attestation.tpm;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Outcome;
import dev.asterism.attestation.Stage;
import dev.asterism.crypto.Digests;
import dev.asterism.device.Tpm2;
import dev.asterism.wire.Bytes;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Verifies one quote: that a TPM signed, now and for us, exactly these PCR values. */
public final class QuoteVerifier {
  static final CheckId ALGORITHM = new CheckId("quote.algorithm", Stage.SIGNATURE);
  static final CheckId SIGNATURE = new CheckId("quote.signature", Stage.SIGNATURE);
  static final CheckId MAGIC = new CheckId("quote.magic", Stage.PARSE);
  static final CheckId NONCE = new CheckId("quote.nonce", Stage.NONCE);
  static final CheckId SELECTION = new CheckId("quote.selection", Stage.PCRS);
  static final CheckId DIGEST = new CheckId("quote.digest", Stage.PCRS);

  /** What {@link #verify} asks; part of a verifier's plan. */
  static final List<CheckId> PLAN = List.of(ALGORITHM, SIGNATURE, MAGIC, NONCE, SELECTION, DIGEST);

  private final Checklist checks;
  private final PublicKey key;
  private final TpmtPublic.@Nullable Parameters area;

  /**
   * Verifies quotes of one key.
   *
   * @param checks learns every answer; its plan holds {@link #PLAN}
   * @param area the key's parameters, which may bind it to a scheme; null where only the key is
   *     known
   */
  QuoteVerifier(Checklist checks, PublicKey key, TpmtPublic.@Nullable Parameters area) {
    this.checks = checks;
    this.key = key;
    this.area = area;
  }

  /**
   * A quote as presented.
   *
   * @param values of the bank's PCRs, at least the selected ones; others are ignored
   */
  record Presented(
      TpmsAttest attest, TpmtSignature signature, Digests bank, SortedMap<Integer, Bytes> values) {}

  /**
   * What it must answer to.
   *
   * @param qualifyingData extraData, exactly
   * @param required PCRs that must be selected
   * @param exactly whether no other PCR may be
   */
  record Expected(Bytes qualifyingData, Set<Integer> required, boolean exactly) {}

  /** Runs the steps in order; the first that fails ends it. */
  Optional<VerifiedQuote> verify(Presented quote, Expected expected) {
    boolean genuine =
        // 1. Scheme and hash are ones to trust, and the key's own.
        algorithm(quote)
            // 2. The key signed these very bytes.
            && signature(quote)
            // 3. A TPM made them: software that signs with the key may not begin so.
            && magic(quote)
            // 4. For us, now.
            && nonce(quote, expected)
            // 5. About the bank and the PCRs that are appraised.
            && selection(quote, expected)
            // 6. Which hold these values.
            && digest(quote);
    return genuine
        ? Optional.of(new VerifiedQuote(quote.attest(), quote.bank(), selected(quote)))
        : Optional.empty();
  }

  private boolean algorithm(Presented quote) {
    TpmtSignature signature = quote.signature();
    String actual = Algorithms.scheme(signature.scheme()) + " " + signature.hash().algorithm();
    if (signature.hash() == Digests.SHA1) {
      return check(ALGORITHM, quote, false, "a hash that nobody can forge", actual);
    }
    if (area == null || area.scheme() == Tpm2.ALG_NULL) {
      return check(ALGORITHM, quote, true, actual, actual);
    }
    boolean own = area.scheme() == signature.scheme() && area.hash() == signature.hash();
    String expected = Algorithms.scheme(area.scheme()) + " " + area.hash().algorithm();
    return check(ALGORITHM, quote, own, expected, actual);
  }

  private boolean signature(Presented quote) {
    boolean holds = Signatures.verify(key, quote.signature(), quote.attest().raw());
    checks.add(
        SIGNATURE,
        subject(SIGNATURE, quote),
        holds ? Outcome.PASSED : Outcome.FAILED,
        "",
        "",
        holds ? "" : "is not the attestation key's over this quote");
    return holds;
  }

  private boolean magic(Presented quote) {
    long magic = quote.attest().magic();
    return check(MAGIC, quote, magic == Tpm2.GENERATED, hex(Tpm2.GENERATED), hex(magic));
  }

  private boolean nonce(Presented quote, Expected expected) {
    Bytes extraData = quote.attest().extraData();
    return check(
        NONCE,
        quote,
        expected.qualifyingData().equals(extraData),
        expected.qualifyingData().hex(),
        extraData.hex());
  }

  private boolean selection(Presented quote, Expected expected) {
    List<PcrSelection> selections = selections(quote);
    boolean holds =
        selections.size() == 1
            && selections.getFirst().hash() == Tpm2.algorithm(quote.bank())
            && (expected.exactly()
                ? selections.getFirst().pcrs().equals(expected.required())
                : selections.getFirst().pcrs().containsAll(expected.required()));
    return check(
        SELECTION,
        quote,
        holds,
        Algorithms.bank(quote.bank())
            + (expected.exactly() ? "" : " at least")
            + ": "
            + PcrList.of(expected.required()),
        selections.isEmpty()
            ? "nothing"
            : String.join("; ", selections.stream().map(QuoteVerifier::describe).toList()));
  }

  private boolean digest(Presented quote) {
    Set<Integer> wanted = selections(quote).getFirst().pcrs();
    if (!quote.values().keySet().containsAll(wanted)) {
      return check(
          DIGEST,
          quote,
          false,
          "values of " + PcrList.of(wanted),
          "values of " + PcrList.of(quote.values().keySet()));
    }
    // The hash of the signing scheme, whatever the bank's is.
    Bytes actual = quote.signature().hash().of(selected(quote).values().toArray(Bytes[]::new));
    Bytes quoted = quote.attest().pcrDigest();
    return check(DIGEST, quote, quoted.equals(actual), quoted.hex(), actual.hex());
  }

  private static SortedMap<Integer, Bytes> selected(Presented quote) {
    SortedMap<Integer, Bytes> selected = new TreeMap<>(quote.values());
    selected.keySet().retainAll(selections(quote).getFirst().pcrs());
    return selected;
  }

  /** A TPM names a bank that it was asked for and does not have, and selects nothing of it. */
  private static List<PcrSelection> selections(Presented quote) {
    return quote.attest().pcrSelect().stream().filter(s -> !s.pcrs().isEmpty()).toList();
  }

  private boolean check(
      CheckId id, Presented quote, boolean holds, String expected, String actual) {
    return checks.check(id, subject(id, quote), holds, expected, actual);
  }

  /** {@code nonce of the sha256 quote}. */
  private static String subject(CheckId id, Presented quote) {
    String what = id.id().substring(id.id().indexOf('.') + 1);
    return what + " of the " + Algorithms.bank(quote.bank()) + " quote";
  }

  private static String describe(PcrSelection selection) {
    return Algorithms.bank(selection.hash()) + ": " + PcrList.of(selection.pcrs());
  }

  private static String hex(long magic) {
    return String.format("%08x", magic);
  }
}
