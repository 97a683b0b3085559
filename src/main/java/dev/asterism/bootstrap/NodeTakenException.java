package dev.asterism.bootstrap;

/** Somebody else has the node; the message says who. Whether it is this process, the lock knows. */
final class NodeTakenException extends Exception {
  private static final long serialVersionUID = 1L;

  NodeTakenException(String message) {
    super(message);
  }
}
