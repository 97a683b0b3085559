package dev.asterism.attestation;

import dev.asterism.wire.MalformedException;
import tools.jackson.databind.node.ObjectNode;

/** One variant's side of the attestation config. */
public interface Platform {
  Variant variant();

  /**
   * Reads the attestation config (wire contract, section 5, and our own keys beside it).
   *
   * @throws MalformedException naming the member that is wrong
   */
  Policy policy(ObjectNode attestationConfig) throws MalformedException;
}
