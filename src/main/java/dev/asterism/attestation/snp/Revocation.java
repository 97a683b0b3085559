package dev.asterism.attestation.snp;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a policy says about revocation lists. One that is there must always be good. */
public enum Revocation {
  /** Without one the evidence stays undecided. */
  REQUIRED("required"),
  /** Without one the verdict says so. */
  IF_AVAILABLE("ifAvailable");

  private final String id;

  Revocation(String id) {
    this.id = id;
  }

  /** In configurations. */
  public String id() {
    return id;
  }

  static Optional<Revocation> byId(String id) {
    return Arrays.stream(values())
        .filter(r -> r.id.toLowerCase(Locale.ROOT).equals(id.toLowerCase(Locale.ROOT)))
        .findAny();
  }
}
