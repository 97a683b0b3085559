package dev.asterism.attestation.gcp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.eventlog.EventLog;
import dev.asterism.attestation.gcp.GcpFirmware.Technology;
import dev.asterism.attestation.tpm.AkBinding;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The key of {@code gcp-sev-es}: by {@code akTrust}. That the memory is encrypted, Google's
 * firmware says in the event log.
 */
final class GcpSevEsBinding implements AkBinding {
  static final CheckId FIRMWARE = new CheckId("gcp.firmware", Stage.POLICY);

  private static final int LEAST_VERSION = 1;
  private static final Set<Technology> SEV = Set.of(Technology.SEV, Technology.SEV_ES);

  private final AkBinding trust;

  GcpSevEsBinding(AkBinding trust) {
    this.trust = trust;
  }

  @Override
  public List<CheckId> plan() {
    List<CheckId> plan = new ArrayList<>(trust.plan());
    plan.add(FIRMWARE);
    return plan;
  }

  @Override
  public Optional<Bound> check(Checklist checks, Presented presented) {
    return trust
        .check(checks, presented)
        .map(bound ->
            new Bound(
                bound.identity(),
                (more, log, at) -> {
                  firmware(more, log);
                  return bound.rest().appraise(more, log, at);
                }));
  }

  private static void firmware(Checklist checks, @Nullable EventLog log) {
    if (log == null) {
      checks.fail(FIRMWARE, "no event log says which firmware and which protection there is");
      return;
    }
    try {
      GcpFirmware firmware = GcpFirmware.of(log);
      checks.check(
          FIRMWARE,
          firmware.version() >= LEAST_VERSION && SEV.contains(firmware.technology()),
          "version 1 or newer, SEV or SEV-ES",
          "version " + firmware.version() + ", " + firmware.technology());
    } catch (MalformedException e) {
      checks.fail(FIRMWARE, String.valueOf(e.getMessage()));
    }
  }
}
