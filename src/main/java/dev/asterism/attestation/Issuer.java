package dev.asterism.attestation;

import dev.asterism.wire.Bytes;

/** Makes fresh evidence about this machine. */
public interface Issuer {
  Variant variant();

  /**
   * Asks the hardware for a document over {@code SHA-256(userData ‖ nonce)}.
   *
   * @return the attestation document, as the wire contract section 4 has it
   * @throws IssueException if the device does not answer as it must
   */
  Bytes issue(Bytes userData, Bytes nonce) throws IssueException;
}
