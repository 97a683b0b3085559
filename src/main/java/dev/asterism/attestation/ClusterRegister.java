package dev.asterism.attestation;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;

/**
 * The run-time register that records which cluster a node belongs to: zero until the node has
 * joined, then extended once. It is also the node lock between init and join.
 */
public interface ClusterRegister {
  /** Its value now. */
  Bytes read() throws IssueException;

  /** Extends it with the hash of {@code clusterId}. */
  void extend(Bytes clusterId) throws IssueException;

  /** The value of a fresh register after {@link #extend}. */
  Bytes expectedAfter(Bytes clusterId);

  /** {@code H(before ‖ H(clusterId))}. */
  static Bytes extended(Digests hash, Bytes before, Bytes clusterId) {
    return hash.of(before, hash.of(clusterId));
  }
}
