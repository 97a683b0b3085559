package dev.asterism.kubernetes;

import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One launch of an SEV-SNP guest (its REPORT_ID) is one machine. Where the guest itself names its
 * attestation key, root in it could make any number of keys, and be as many machines.
 */
final class Launches {
  /** Names of identifiers on record: of the launch, and of the boots that the TPM counts. */
  static final String REPORT_ID = "reportId";

  static final List<String> BOOT = List.of("resetCount", "restartCount");

  private Launches() {}

  /**
   * Whether the launch that this evidence is from belongs to this machine.
   *
   * @param evidence the identifiers that were proven
   */
  static void check(
      List<AdmissionRecord> records, String identity, Map<String, String> evidence, Instant now)
      throws AdmissionException {
    String launch = evidence.get(REPORT_ID);
    if (launch == null) {
      return;
    }
    for (AdmissionRecord other : records) {
      if (!other.identity().equals(identity)
          && launch.equals(launch(other))
          && bindsItsLaunch(other, now)) {
        throw new AdmissionException(
            Rule.LAUNCH,
            "this launch of a guest is another machine's",
            identity + " comes from the launch " + launch + ", which is " + named(other),
            other);
      }
    }
    Optional<AdmissionRecord> own = AdmissionRecord.of(identity, records);
    if (own.isPresent()
        && own.get().state() == State.ADMITTED
        && isSameBoot(own.get().evidence(), evidence)
        && launch(own.get()) != null
        && !launch.equals(launch(own.get()))) {
      throw new AdmissionException(
          Rule.LAUNCH,
          "this machine was admitted in another launch, and has not been rebooted since",
          named(own.get())
              + " comes from the launch "
              + launch
              + ", and was in the same boot of its TPM the launch "
              + launch(own.get()),
          own.get());
    }
  }

  private static @Nullable String launch(AdmissionRecord record) {
    return record.evidence().get(REPORT_ID);
  }

  /** One that an admin released may come back with another key. */
  private static boolean bindsItsLaunch(AdmissionRecord record, Instant now) {
    return record.state() != State.RELEASED && !AdmissionRules.isOver(record, now);
  }

  /** A guest that is launched anew has a TPM that was reset; one without a TPM has no counts. */
  private static boolean isSameBoot(Map<String, String> before, Map<String, String> now) {
    return BOOT.stream()
        .allMatch(count -> now.containsKey(count) && now.get(count).equals(before.get(count)));
  }

  private static String named(AdmissionRecord record) {
    return record.node() + " (" + record.identity() + ", " + record.state().id() + ")";
  }
}
