package dev.asterism.rpc;

import io.grpc.Status;

/**
 * A call that fails for a reason its caller may know. The message goes to the peer; the cause stays
 * here, for the log.
 */
public final class CallException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Status.Code code;

  public CallException(Status.Code code, String message) {
    super(message);
    this.code = code;
  }

  public CallException(Status.Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Status.Code code() {
    return code;
  }
}
