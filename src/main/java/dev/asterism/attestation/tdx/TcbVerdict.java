package dev.asterism.attestation.tdx;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Where platform, TDX module and quoting enclave stand together.
 *
 * @param status of all three as Intel joins them
 * @param parts what each of them has
 * @param advisories of all three
 */
record TcbVerdict(TcbStatus status, Set<TcbStatus> parts, SortedSet<String> advisories) {
  TcbVerdict {
    parts = Set.copyOf(parts);
    advisories = Collections.unmodifiableSortedSet(new TreeSet<>(advisories));
  }

  static TcbVerdict of(TcbAssessment platform) {
    return new TcbVerdict(
        platform.status(), Set.of(platform.status()), new TreeSet<>(platform.advisories()));
  }

  /** The same, and a part of the platform with it. */
  TcbVerdict with(TcbAssessment part) {
    SortedSet<String> all = new TreeSet<>(advisories);
    all.addAll(part.advisories());
    Set<TcbStatus> each = EnumSet.of(part.status());
    each.addAll(parts);
    return new TcbVerdict(status.with(part.status()), each, all);
  }

  /** Whether such statuses are good enough: the joined one, or those of all three. */
  boolean isAcceptedBy(Set<TcbStatus> accepted) {
    return accepted.contains(status) || accepted.containsAll(parts);
  }

  /** {@code OutOfDate (INTEL-SA-00001)}. */
  String describe() {
    return status.id() + (advisories.isEmpty() ? "" : " (" + String.join(", ", advisories) + ")");
  }
}
