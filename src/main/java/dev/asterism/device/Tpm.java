package dev.asterism.device;

import java.io.IOException;

/**
 * A TPM 2.0 that takes raw commands (TCG library specification, part 3). One conversation at a
 * time: what several processes or threads share is the device behind it, so a conversation is
 * opened, used briefly, and closed.
 */
public interface Tpm {
  /** Opens a conversation; waits while somebody else has one. */
  Conversation open() throws IOException;

  /** Where it is, for messages: {@code /dev/tpmrm0}, {@code swtpm 127.0.0.1:2321}. */
  String description();

  interface Conversation extends AutoCloseable {
    /** Sends one whole command and returns the whole response, response code included. */
    byte[] transmit(byte[] command) throws IOException;

    @Override
    void close() throws IOException;
  }
}
