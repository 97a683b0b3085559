package dev.asterism.joinservice;

import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Identifier;
import dev.asterism.kubernetes.AdmissionRecord;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which machine evidence is about, as the name of its admission record. Only identifiers count that
 * a machine cannot change and shares with no other: a chip or a platform has many guests, and a
 * reset count grows.
 */
final class NodeIdentity {
  private NodeIdentity() {}

  /** Empty where the evidence proves of no machine that it is this one. */
  static Optional<String> of(Claims claims) {
    Map<Identifier, String> proven = claims.identity();
    if (proven.containsKey(Identifier.AK_KEY)) {
      return Optional.of(AdmissionRecord.identityOfKey(proven.get(Identifier.AK_KEY)));
    }
    if (proven.containsKey(Identifier.REPORT_ID)) {
      return Optional.of(AdmissionRecord.identityOfReport(proven.get(Identifier.REPORT_ID)));
    }
    return Optional.empty();
  }

  /** All identifiers, by their names in audit records. */
  static SortedMap<String, String> evidence(Claims claims) {
    var evidence = new TreeMap<String, String>();
    claims.identity().forEach((identifier, value) -> evidence.put(identifier.id(), value));
    return evidence;
  }
}
