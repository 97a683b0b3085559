package dev.asterism.admin;

/** A node did not do what it was asked. The message says which node, what, and what to do. */
public final class NodeException extends Exception {
  private static final long serialVersionUID = 1L;

  public NodeException(String message) {
    super(message);
  }

  public NodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
