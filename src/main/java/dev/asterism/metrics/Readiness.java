package dev.asterism.metrics;

/**
 * Whether a service can do its work now.
 *
 * @param reason for people; of a service that is not ready, what it waits for
 */
public record Readiness(boolean ready, String reason) {
  public static Readiness yes() {
    return new Readiness(true, "ready");
  }

  public static Readiness no(String reason) {
    return new Readiness(false, reason);
  }
}
