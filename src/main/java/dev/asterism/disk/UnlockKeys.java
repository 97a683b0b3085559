package dev.asterism.disk;

import dev.asterism.crypto.Secret;

/**
 * What a rebooted node needs to be a member again.
 *
 * @param diskKey opens its state disk, 32 bytes
 * @param measurementSecret what its cluster id is derived from, 32 bytes
 */
public record UnlockKeys(Secret diskKey, Secret measurementSecret) implements AutoCloseable {
  /** Zeroes both. */
  @Override
  public void close() {
    diskKey.close();
    measurementSecret.close();
  }

  @Override
  public String toString() {
    return "UnlockKeys()";
  }
}
