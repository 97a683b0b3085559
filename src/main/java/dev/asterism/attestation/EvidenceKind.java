package dev.asterism.attestation;

import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/** Judges one kind of evidence bundle ({@code tpm-quote}, {@code attestation-document}, …). */
public interface EvidenceKind {
  /** The values of the manifest's {@code kind} that this one takes. */
  Set<String> kinds();

  /**
   * @param own what the caller says instead of the manifest
   * @param at the time to verify at
   * @throws MalformedException if the manifest itself is wrong (bad evidence is a refused
   *     appraisal)
   */
  Appraisal appraise(Bundle bundle, Bundle.Ruling own, Instant at) throws MalformedException;

  /** What is inside, as aligned label and value pairs, unverified. */
  List<Fact> show(Bundle bundle) throws MalformedException;

  /** One line of {@code evidence show}. */
  record Fact(String label, String value) {}
}
