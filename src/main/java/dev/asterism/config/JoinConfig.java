package dev.asterism.config;

import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Policy;
import dev.asterism.config.AdmissionPolicy.Profile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the join-service reads from its mounted configuration (wire contract, section 5).
 *
 * @param policy the cluster's reference values and rules
 * @param measurementSalt the salt of the cluster id, 32 bytes
 * @param admission who may join as what
 */
public record JoinConfig(Policy policy, Bytes measurementSalt, AdmissionPolicy admission) {
  private static final Logger LOG = System.getLogger(JoinConfig.class.getName());

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

  /** With the admission policy that holds where nothing is said. */
  public JoinConfig(Policy policy, Bytes measurementSalt) {
    this(policy, measurementSalt, AdmissionPolicy.DEFAULT);
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
      ObjectNode config = Json.object(ATTESTATION_CONFIG, attestationConfig);
      return new JoinConfig(platform.policy(config), salt, AdmissionPolicy.parse(config));
    } catch (MalformedException e) {
      if (e.field().equals(ATTESTATION_CONFIG)) {
        throw e;
      }
      throw new MalformedException(ATTESTATION_CONFIG, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads both files of a directory and watches them. What an operator should know of what they say
   * is logged each time they are read.
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
        files -> warned(parse(platform, files.file(config), files.file(salt))),
        listener,
        interval);
  }

  private static JoinConfig warned(JoinConfig config) {
    config.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
    return config;
  }

  /** What an operator should know of it, each time it comes into force. */
  public List<String> warnings() {
    var warnings = new ArrayList<>(admission.warnings());
    if (admission.profile() == Profile.STRICT && !policy.variant().tellsMachinesApart()) {
      warnings.add(
          "admission.profile is strict, and evidence of "
              + policy.variant().id()
              + " does not tell one machine from another: nobody can join or rejoin until it is"
              + " compatible");
    }
    return List.copyOf(warnings);
  }
}
