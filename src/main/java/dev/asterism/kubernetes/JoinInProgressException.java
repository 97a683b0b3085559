package dev.asterism.kubernetes;

import java.io.IOException;

/** Another control plane is joining; this one must wait its turn. */
public final class JoinInProgressException extends IOException {
  private static final long serialVersionUID = 1L;

  public JoinInProgressException(String message) {
    super(message);
  }
}
