package dev.asterism.keys;

import dev.asterism.wire.MalformedException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** The ids of data keys (wire contract, section 6). */
public final class KeyIds {
  /** 32 bytes; the cluster id is derived from it. */
  public static final String MEASUREMENT_SECRET = "measurementSecret";

  /** 32 bytes, the seed of the Ed25519 emergency SSH CA. */
  public static final String EMERGENCY_SSH_CA = "ca_emergency_ssh";

  /** Named by words instead of UUIDs, so that no disk can be called like them. */
  public static final Set<String> RESERVED = Set.of(MEASUREMENT_SECRET, EMERGENCY_SSH_CA);

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
    if (!isStateDisk(diskUuid)) {
      throw new MalformedException("disk_uuid", "is not a canonical lower-case UUID");
    }
    return diskUuid;
  }

  /** Whether it is the id of a state disk's key. */
  public static boolean isStateDisk(String id) {
    return UUID.matcher(id).matches();
  }

  /** Whether it is one, or would be in lower case. */
  public static boolean looksLikeStateDisk(String id) {
    return isStateDisk(id.toLowerCase(Locale.ROOT));
  }
}
