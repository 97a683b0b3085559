package dev.asterism.node;

import java.util.Locale;
import java.util.Optional;

/** What a node is in the cluster. */
public enum Role {
  CONTROL_PLANE("ControlPlane"),
  WORKER("Worker");

  private final String stateName;

  Role(String stateName) {
    this.stateName = stateName;
  }

  /** As {@code node_state.json} spells it: {@code ControlPlane}. */
  public String stateName() {
    return stateName;
  }

  /** As people spell it: {@code control-plane}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Reads {@code ControlPlane}, {@code control-plane}, {@code controlplane}, {@code worker}, … */
  public static Optional<Role> parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT).replaceAll("[-_]", "")) {
      case "controlplane" -> Optional.of(CONTROL_PLANE);
      case "worker" -> Optional.of(WORKER);
      default -> Optional.empty();
    };
  }
}
