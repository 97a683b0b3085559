package dev.asterism.attestation.tdx;

import java.util.List;

/**
 * What Intel says of one level.
 *
 * @param date until when all advisories are mitigated by it, as Intel writes it
 * @param advisories {@code INTEL-SA-…} that it is open to
 */
record TcbAssessment(TcbStatus status, String date, List<String> advisories) {
  TcbAssessment {
    advisories = List.copyOf(advisories);
  }

  String describe() {
    return status.id() + (advisories.isEmpty() ? "" : " (" + String.join(", ", advisories) + ")");
  }
}
