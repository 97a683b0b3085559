package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.util.List;

/**
 * Accepts what one of several verifiers accepts: while images are replaced one by one, old and new
 * are good.
 */
public final class AnyOf implements Verifier {
  private final List<Verifier> verifiers;

  /**
   * @param verifiers at least one, all of one variant
   */
  public AnyOf(List<Verifier> verifiers) {
    if (verifiers.stream().map(Verifier::variant).distinct().count() != 1) {
      throw new IllegalArgumentException("verifiers of exactly one variant are needed");
    }
    this.verifiers = List.copyOf(verifiers);
  }

  @Override
  public Variant variant() {
    return verifiers.getFirst().variant();
  }

  /** Where none accepts: the appraisal that came furthest, an undecided one before refusals. */
  @Override
  public Appraisal verify(Bytes document, Challenge challenge) {
    Appraisal best = verifiers.getFirst().verify(document, challenge);
    for (Verifier verifier : verifiers.subList(1, verifiers.size())) {
      if (best.accepted()) {
        return best;
      }
      Appraisal next = verifier.verify(document, challenge);
      best = isBetter(next, best) ? next : best;
    }
    return best;
  }

  private static boolean isBetter(Appraisal next, Appraisal best) {
    if (next.verdict() != best.verdict()) {
      return next.accepted() || best.verdict() == Verdict.REFUSED;
    }
    return next.with(Outcome.PASSED).size() > best.with(Outcome.PASSED).size();
  }
}
