package dev.asterism.keys;

/** No key, and why. Never holds key material. */
public final class KeyException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whose fault it is. */
  public enum Reason {
    /** The caller asked for something that no source gives (id, length). */
    INVALID,
    /** The source refuses this caller. */
    DENIED,
    /** The source does not answer; trying again may help. */
    UNAVAILABLE
  }

  private final Reason reason;

  public KeyException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  public KeyException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }
}
