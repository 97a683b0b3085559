package dev.asterism.device;

import java.io.IOException;
import java.util.function.Function;

/** Where a software TPM's state is between two commands. */
interface SoftwareStore {
  /**
   * Runs {@code use} while nobody else has the state, and keeps what it changed.
   *
   * @throws IOException if the state cannot be read or kept; then nothing has changed
   */
  <T> T use(Function<SoftwareState, T> use) throws IOException;

  /** For messages. */
  String description();
}
