package dev.asterism.disk;

import dev.asterism.crypto.Secret;
import java.io.IOException;

/** The node's encrypted state disk, opened (wire contract, section 8). */
public interface StateDisk {
  /** The LUKS UUID, canonical and lower case. */
  String uuid();

  /** Whether the marker token says that init or join has completed on it. */
  boolean initialized() throws IOException;

  /**
   * Replaces the first-boot passphrase by {@code key}. May be killed at any point and repeated: the
   * disk always opens with one of the two.
   */
  void rekey(Secret key) throws IOException;

  /** Sets the marker token: false makes the next boot format anew. */
  void markInitialized(boolean initialized) throws IOException;
}
