package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.tdx.TdxPolicy;
import dev.asterism.wire.MalformedException;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/**
 * The TD below a vTPM. Its checks are named apart ({@code tdx.quote.signature}), since a TPM's
 * quote has some of the same name.
 */
final class TdxHcl {
  private static final String PREFIX = "tdx.";

  /** Reference values of MRTD and RTMRs: the config's measurements are those of the vTPM. */
  private static final String MEMBER = "tdMeasurements";

  private TdxHcl() {}

  static List<CheckId> plan(List<CheckId> plan) {
    return Checklist.within(PREFIX, plan);
  }

  static Checklist of(Checklist checks) {
    return checks.within(PREFIX);
  }

  /** Reads the contract's keys of a TD, and {@code tdMeasurements}. */
  static TdxPolicy policy(ObjectNode config) throws MalformedException {
    return TdxPolicy.parse(
        config,
        config.hasNonNull(MEMBER)
            ? TdxPolicy.registers(config, MEMBER)
            : new Measurements(new TreeMap<>()));
  }
}
