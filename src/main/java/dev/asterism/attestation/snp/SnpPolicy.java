package dev.asterism.attestation.snp;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.wire.Bytes;
import java.util.Set;

/**
 * The policy of variant {@code sev-snp}.
 *
 * @param measurements of {@link #LAUNCH} and {@link #CLUSTER}
 * @param chains shared by all
 */
public record SnpPolicy(
    Measurements measurements, SnpConfig config, ChainVerifier chains, EndorsementSource source)
    implements Policy {
  /** The index of the launch measurement. */
  public static final int LAUNCH = 0;

  /** The index of what the node claims of its cluster, in the form of a register. */
  public static final int CLUSTER = 1;

  /** How many there are. */
  public static final int REGISTERS = 2;

  @Override
  public Variant variant() {
    return Variant.SEV_SNP;
  }

  @Override
  public Policy with(Measurements changed) {
    return new SnpPolicy(changed, config, chains, source);
  }

  @Override
  public Verifier verifier() {
    return new SnpVerifier(this);
  }

  /** With the launch measurement as the only good one, where one is enforced. */
  ReportPolicy reports() {
    var launch = measurements.byIndex().get(LAUNCH);
    if (launch == null || launch.warnOnly()) {
      return config.policy();
    }
    Set<Bytes> listed = config.policy().lists().get(ListedField.MEASUREMENT);
    boolean good = listed == null || listed.contains(launch.expected());
    return config
        .policy()
        .listing(ListedField.MEASUREMENT, good ? Set.of(launch.expected()) : Set.of());
  }
}
