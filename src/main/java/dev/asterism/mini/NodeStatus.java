package dev.asterism.mini;

import dev.asterism.node.Role;
import java.util.Locale;

/**
 * How one node of a mini cluster is.
 *
 * @param reason one line for people; empty where there is nothing to say
 */
public record NodeStatus(String name, Role role, State state, String reason) {

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
