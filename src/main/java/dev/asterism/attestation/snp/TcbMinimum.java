package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.snp.TcbVersion.Component;
import java.util.EnumMap;
import java.util.Map;

/**
 * The lowest versions that are good, for each of a report's four TCB versions; what is not listed
 * may be anything.
 */
public record TcbMinimum(Map<Kind, Map<Component, Integer>> parts) {

  /** Which of the four (AMD 56860). */
  public enum Kind {
    /** When the guest was launched. */
    LAUNCH("launch"),
    /** Below which the platform cannot go back. */
    COMMITTED("committed"),
    /** What runs. */
    CURRENT("current"),
    /** For which the signing key stands. */
    REPORTED("reported");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /** In configurations. */
    public String id() {
      return id;
    }

    CheckId check() {
      return new CheckId("tcb." + id, Stage.TCB);
    }

    TcbVersion of(VerifiedReport report) {
      return switch (this) {
        case LAUNCH -> report.launchTcb();
        case COMMITTED -> report.committedTcb();
        case CURRENT -> report.currentTcb();
        case REPORTED -> report.reportedTcb();
      };
    }
  }

  public TcbMinimum {
    Map<Kind, Map<Component, Integer>> copy = new EnumMap<>(Kind.class);
    parts.forEach((kind, versions) -> copy.put(kind, Map.copyOf(versions)));
    parts = Map.copyOf(copy);
  }

  /** The same minimum for all four. */
  public static TcbMinimum all(Map<Component, Integer> versions) {
    Map<Kind, Map<Component, Integer>> parts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      parts.put(kind, versions);
    }
    return new TcbMinimum(parts);
  }

  Map<Component, Integer> of(Kind kind) {
    return parts.getOrDefault(kind, Map.of());
  }
}
