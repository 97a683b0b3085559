package dev.asterism.mini;

import java.io.InterruptedIOException;

/** Waiting that can be interrupted. */
final class Pause {
  private Pause() {}

  static void millis(long millis) throws InterruptedIOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
