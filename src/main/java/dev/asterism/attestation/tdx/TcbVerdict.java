package dev.asterism.attestation.tdx;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where platform, TDX module and quoting enclave stand together.
 *
 * @param advisories of all three
 */
record TcbVerdict(TcbStatus status, SortedSet<String> advisories) {
  TcbVerdict {
    advisories = Collections.unmodifiableSortedSet(new TreeSet<>(advisories));
  }

  static TcbVerdict of(TcbAssessment platform) {
    return new TcbVerdict(platform.status(), new TreeSet<>(platform.advisories()));
  }

  /** The same, and a part of the platform with it. */
  TcbVerdict with(TcbAssessment part) {
    SortedSet<String> all = new TreeSet<>(advisories);
    all.addAll(part.advisories());
    return new TcbVerdict(status.with(part.status()), all);
  }

  /** {@code OutOfDate (INTEL-SA-00001)}. */
  String describe() {
    return status.id() + (advisories.isEmpty() ? "" : " (" + String.join(", ", advisories) + ")");
  }
}
