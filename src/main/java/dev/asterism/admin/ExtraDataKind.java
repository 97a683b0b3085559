package dev.asterism.admin;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Bundle;
import dev.asterism.attestation.EvidenceKind;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.BinaryOperator;

/**
 * Kind {@code quote-extra-data}: known answers of what a quote is made over, {@code
 * SHA-256(userData ‖ nonce)} (wire contract, section 4).
 */
public final class ExtraDataKind implements EvidenceKind {
  private final BinaryOperator<Bytes> extra;

  /**
   * @param extra what issuers and verifiers use: the user data, then the nonce
   */
  public ExtraDataKind(BinaryOperator<Bytes> extra) {
    this.extra = extra;
  }

  @Override
  public Set<String> kinds() {
    return Set.of("quote-extra-data");
  }

  @Override
  public Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at)
      throws MalformedException {
    return KnownAnswers.appraise(
        bundle,
        own,
        (name, aCase) -> {
          Bytes expected = KnownAnswers.hex(aCase, "output");
          Bytes userData = KnownAnswers.hex(aCase, "user_data");
          Bytes nonce = KnownAnswers.hex(aCase, "nonce");
          return List.of(KnownAnswers.equal(name, "", expected, extra.apply(userData, nonce)));
        });
  }

  @Override
  public List<Fact> show(Bundle bundle) throws MalformedException {
    return KnownAnswers.show(bundle);
  }
}
