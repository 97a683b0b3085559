package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;
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

  /**
   * What a document says, for people and unverified; empty where nobody has taught it to.
   *
   * @throws MalformedException if it is not a document of this variant
   */
  default List<EvidenceKind.Fact> show(Bytes document) throws MalformedException {
    return List.of();
  }
}
