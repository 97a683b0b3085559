package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;

/** The cluster's id: what a node that joined has in its cluster register. */
public final class ClusterId {
  /** In bytes. */
  public static final int LENGTH = 32;

  private static final String ID = "clusterID";

  private ClusterId() {}

  /**
   * The id of the cluster whose {@link KeyIds#MEASUREMENT_SECRET} and measurement salt these are
   * (wire contract, section 6). It is public: evidence shows it.
   */
  public static Bytes derive(Secret measurementSecret, Bytes salt) {
    try (Secret id = HkdfKeySource.derive(measurementSecret, salt, ID, LENGTH)) {
      return id.use(Bytes::of);
    }
  }
}
