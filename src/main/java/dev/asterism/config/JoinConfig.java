package dev.asterism.config;

import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What the join-service reads from its mounted configuration (wire contract, section 5).
 *
 * @param policy the cluster's reference values and rules
 * @param measurementSalt the salt of the cluster id, 32 bytes
 */
public record JoinConfig(Policy policy, Bytes measurementSalt) {
  /** The attestation config, JSON. */
  public static final String ATTESTATION_CONFIG = "attestationConfig";

  /** The raw salt. */
  public static final String MEASUREMENT_SALT = "measurementSalt";

  private static final int SALT_LENGTH = 32;

  public JoinConfig {
    if (measurementSalt.length() != SALT_LENGTH) {
      throw new IllegalArgumentException("the measurement salt has 32 bytes");
    }
  }

  /**
   * @throws MalformedException naming the file and the member that is wrong
   */
  public static JoinConfig parse(Platform platform, Bytes attestationConfig, Bytes salt)
      throws MalformedException {
    if (salt.length() != SALT_LENGTH) {
      throw new MalformedException(
          MEASUREMENT_SALT, "must have " + SALT_LENGTH + " raw bytes, has " + salt.length());
    }
    try {
      Policy policy = platform.policy(Json.object(ATTESTATION_CONFIG, attestationConfig));
      return new JoinConfig(policy, salt);
    } catch (MalformedException e) {
      if (e.field().equals(ATTESTATION_CONFIG)) {
        throw e;
      }
      throw new MalformedException(ATTESTATION_CONFIG, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads both files of a directory and watches them.
   *
   * @param directory {@code /var/config}
   */
  public static Reloading<JoinConfig> watch(
      Path directory, Platform platform, Reloading.Listener listener, Duration interval)
      throws IOException, MalformedException {
    Path config = directory.resolve(ATTESTATION_CONFIG);
    Path salt = directory.resolve(MEASUREMENT_SALT);
    return new Reloading<>(
        List.of(config, salt),
        files -> parse(platform, files.file(config), files.file(salt)),
        listener,
        interval);
  }
}
