package dev.asterism.mini;

import dev.asterism.node.Role;
import java.util.List;
import java.util.Locale;

/**
 * How one node of a mini cluster is.
 *
 * @param reason one line for people; empty where there is nothing to say
 * @param checks the ids of all that refused it
 */
public record NodeStatus(String name, Role role, State state, String reason, List<String> checks) {
  public NodeStatus {
    checks = List.copyOf(checks);
  }

  /** One whose state no check explains. */
  public NodeStatus(String name, Role role, State state, String reason) {
    this(name, role, state, reason, List.of());
  }

  /** What a node can be. */
  public enum State {
    STARTING,
    JOINED,
    /** A join-service refused its evidence. */
    REFUSED,
    /** Something of it is not running, or bootstrapping failed. */
    FAILED,
    /** Somebody switched it off. */
    STOPPED;

    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** In words. */
  String why() {
    return state.id() + (reason.isEmpty() ? "" : ": " + reason);
  }

  boolean settled() {
    return state != State.STARTING;
  }
}
