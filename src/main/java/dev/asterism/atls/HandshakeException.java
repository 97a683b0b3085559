package dev.asterism.atls;

/** Why this side broke off a handshake; for the log, the peer sees an alert. */
final class HandshakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HandshakeException(String message) {
    super(message);
  }

  HandshakeException(String message, Throwable cause) {
    super(message, cause);
  }
}
