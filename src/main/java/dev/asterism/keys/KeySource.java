package dev.asterism.keys;

import dev.asterism.crypto.Secret;

/** Where data encryption keys come from. */
public interface KeySource {
  /**
   * The data key of that id; the same id and length always give the same key.
   *
   * @param id see {@link KeyIds}; not empty
   * @param length in bytes, 1 to 128
   * @throws KeyException if the source cannot be asked or refuses; never holds key material
   */
  Secret dataKey(String id, int length) throws KeyException;
}
