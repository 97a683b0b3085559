package dev.asterism.device;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A TPM 2.0 in this JVM, at the level of commands, with its state in a file that several processes
 * may share. It proves nothing about the machine: whoever can read the file holds its keys.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class SoftwareTpm implements Tpm {
  private final Path state;

  /** The TPM whose state an earlier {@link #create} wrote to {@code state}. */
  public SoftwareTpm(Path state) {
    this.state = state;
  }

  /** Makes a TPM with fresh seeds, started up as firmware would leave it. */
  public static SoftwareTpm create(Path state, SecureRandom random) throws IOException {
    throw new UnsupportedOperationException("soon " + state + random);
  }

  /** A TPM without a file, for one process. */
  public static SoftwareTpm inMemory(SecureRandom random) {
    throw new UnsupportedOperationException("soon " + random);
  }

  /** Switches it off and on: PCRs as after a reset, reset count + 1, transient objects gone. */
  public void powerCycle() throws IOException {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public Conversation open() throws IOException {
    throw new UnsupportedOperationException("soon");
  }

  @Override
  public String description() {
    return "software TPM " + state;
  }
}
