package dev.asterism.attestation;

import java.util.Optional;

/** Knows what the endorsements of one vendor's service are, by their keys alone. */
@FunctionalInterface
public interface EndorsementCatalog {
  /**
   * The request that has this key, as {@link EndorsementRequest#key} makes them.
   *
   * @param others what is at hand: to inspect one endorsement may take another, such as its
   *     issuer's certificate
   * @return empty where it is no key of this vendor, or what it takes to inspect it is not there
   */
  Optional<EndorsementRequest> find(String key, Lookup others);

  /** Finds endorsements. */
  @FunctionalInterface
  interface Lookup {
    Optional<Endorsement> find(String key);
  }
}
