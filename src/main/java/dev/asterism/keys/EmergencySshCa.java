package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.crypto.SshHostCertificate;
import dev.asterism.crypto.SshPublicKey;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.List;

/**
 * The SSH CA that the master secret leads to. Nodes trust its user certificates in an emergency,
 * and show host certificates that it signed.
 */
public final class EmergencySshCa implements AutoCloseable {
  private final Secret seed;

  private EmergencySshCa(Secret seed) {
    this.seed = seed;
  }

  /** The CA of the cluster whose keys these are. */
  public static EmergencySshCa of(KeySource keys) throws KeyException {
    Secret seed = keys.dataKey(KeyIds.EMERGENCY_SSH_CA, KeyIds.LENGTH);
    if (seed.length() != KeyIds.LENGTH) {
      seed.close();
      throw new KeyException(
          KeyException.Reason.UNAVAILABLE,
          "the key source gave a seed for the emergency SSH CA of the wrong length");
    }
    return new EmergencySshCa(seed);
  }

  public SshPublicKey publicKey() {
    return SshPublicKey.ofEd25519Seed(seed);
  }

  /**
   * Certifies a host's key, see {@link SshHostCertificate#sign}.
   *
   * @throws MalformedException if {@code principals} is empty or has something that is no name
   */
  public String certify(SshPublicKey hostKey, List<String> principals, Instant validAfter)
      throws MalformedException {
    return SshHostCertificate.sign(seed, hostKey, principals, validAfter);
  }

  /** Zeroes the seed. */
  @Override
  public void close() {
    seed.close();
  }
}
