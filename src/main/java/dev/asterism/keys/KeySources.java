package dev.asterism.keys;

import dev.asterism.wire.MalformedException;

/** Key sources by URI. */
public final class KeySources {
  private KeySources() {}

  /**
   * The source that a {@code kms://} URI names. Today that is {@code kms://cluster-kms}; the
   * external ones are understood and refused.
   *
   * @param kmsUri holds secrets: comes from a file or a protected channel, never from a flag
   * @throws KeyException if the URI names a KMS that this build does not serve
   * @throws MalformedException if it is no such URI; the message holds nothing of it
   */
  public static KeySource open(String kmsUri) throws KeyException, MalformedException {
    MasterSecret secret = MasterSecret.fromKmsUri(kmsUri);
    return new HkdfKeySource(secret.key(), secret.salt());
  }
}
