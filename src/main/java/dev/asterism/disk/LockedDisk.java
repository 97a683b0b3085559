package dev.asterism.disk;

import dev.asterism.crypto.Secret;
import java.io.IOException;

/** A state disk that waits for its key. */
public interface LockedDisk {
  /** The LUKS UUID, canonical and lower case. */
  String uuid();

  /** Whether this key opens this very disk; changes nothing. */
  boolean opens(Secret key) throws IOException;
}
