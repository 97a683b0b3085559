package dev.asterism.kubernetes.api;

import java.io.IOException;

/** An answer of the API server that is no success. */
public final class ApiException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int code;

  /**
   * @param code the HTTP status
   * @param message what was asked, and what the server says of it
   */
  ApiException(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The HTTP status. */
  public int code() {
    return code;
  }
}
