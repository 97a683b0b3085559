package dev.asterism.keys;

import dev.asterism.wire.MalformedException;
import java.util.regex.Pattern;

/** The ids of data keys (wire contract, section 6). */
public final class KeyIds {
  /** 32 bytes; the cluster id is derived from it. */
  public static final String MEASUREMENT_SECRET = "measurementSecret";

  /** 32 bytes, the seed of the Ed25519 emergency SSH CA. */
  public static final String EMERGENCY_SSH_CA = "ca_emergency_ssh";

  /** The length of every key that a node gets. */
  public static final int LENGTH = 32;

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private KeyIds() {}

  /**
   * The id of a state disk's key: its LUKS UUID, and nothing that is not one, so that a disk can
   * never name a reserved key.
   *
   * @throws MalformedException unless {@code diskUuid} is a canonical lower-case UUID
   */
  public static String stateDisk(String diskUuid) throws MalformedException {
    if (!UUID.matcher(diskUuid).matches()) {
      throw new MalformedException("disk_uuid", "is not a canonical lower-case UUID");
    }
    return diskUuid;
  }
}
