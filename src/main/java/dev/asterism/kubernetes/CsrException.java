package dev.asterism.kubernetes;

/** A certificate request that asks for what a kubelet may not have; the message says what. */
public final class CsrException extends Exception {
  private static final long serialVersionUID = 1L;

  public CsrException(String message) {
    super(message);
  }
}
