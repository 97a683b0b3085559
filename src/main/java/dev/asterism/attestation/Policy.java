package dev.asterism.attestation;

import dev.asterism.wire.Bytes;

/** The reference values and rules by which evidence of one variant is appraised. Immutable. */
public interface Policy {
  Variant variant();

  Measurements measurements();

  /** The same policy with other measurements. */
  Policy with(Measurements measurements);

  /** A verifier that judges by exactly this policy. */
  Verifier verifier();

  /**
   * For a node that asks to init, join, rejoin or recover: its cluster-ID register must be zero,
   * enforced, whatever the configuration lists.
   */
  default Policy unspent() {
    return variant()
        .clusterRegister()
        .map(r ->
            with(measurements().enforcing(r, Bytes.zeros(variant().measurementHash().length()))))
        .orElse(this);
  }

  /**
   * For a member of whichever cluster: its cluster-ID register must hold something, enforced,
   * whatever the configuration lists. Variants without such a register cannot tell.
   */
  default Policy bootstrapped() {
    return variant().clusterRegister().map(r -> with(measurements().requiringSet(r))).orElse(this);
  }

  /**
   * For a member of a cluster: the cluster-ID register must hold what bootstrapping leaves there,
   * starting from the configured value (zero where none is configured).
   */
  default Policy memberOf(Bytes clusterId) {
    return variant()
        .clusterRegister()
        .map(r ->
            with(
                measurements()
                    .enforcing(
                        r,
                        ClusterRegister.extended(
                            variant().measurementHash(),
                            measurements()
                                .expected(r)
                                .orElse(Bytes.zeros(variant().measurementHash().length())),
                            clusterId))))
        .orElse(this);
  }
}
