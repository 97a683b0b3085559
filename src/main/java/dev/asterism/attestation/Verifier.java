package dev.asterism.attestation;

import dev.asterism.wire.Bytes;

/**
 * Judges documents of one variant by one policy: is it genuine, then: is it good enough. Stateless
 * and safe for concurrent use; two verifications share no lock.
 */
public interface Verifier {
  Variant variant();

  /** Never throws for bad evidence: a document that cannot be parsed is a refused appraisal. */
  Appraisal verify(Bytes document, Challenge challenge);
}
