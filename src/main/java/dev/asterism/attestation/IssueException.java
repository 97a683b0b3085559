package dev.asterism.attestation;

/** The attestation device gave no evidence. The message says which device and what to do. */
public final class IssueException extends Exception {
  private static final long serialVersionUID = 1L;

  public IssueException(String message) {
    super(message);
  }

  public IssueException(String message, Throwable cause) {
    super(message, cause);
  }
}
