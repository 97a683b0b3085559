package dev.asterism.kubernetes;

import dev.asterism.kubernetes.AdmissionRecord.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Machines and records for tests: machine {@code a}, its first disk, its address. */
final class Admissions {
  static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");

  private Admissions() {}

  static String identity(String machine) {
    return AdmissionRecord.identityOfKey("%64x".formatted(machine.charAt(0) + 0).replace(' ', '0'));
  }

  static String disk(int number) {
    return "00000000-0000-0000-0000-%012d".formatted(number);
  }

  static Applicant worker(String machine, String node, int disk) {
    return new Applicant(
        identity(machine),
        Map.of("akKey", machine),
        node,
        false,
        disk(disk),
        List.of("10.0.0." + disk));
  }

  static Applicant controlPlane(String machine, String node, int disk) {
    Applicant worker = worker(machine, node, disk);
    return new Applicant(
        worker.identity(),
        worker.evidence(),
        worker.node(),
        true,
        worker.disk(),
        worker.addresses());
  }

  static Applicant with(Applicant one, String... addresses) {
    return new Applicant(
        one.identity(),
        one.evidence(),
        one.node(),
        one.controlPlane(),
        one.disk(),
        List.of(addresses));
  }

  /** What becomes of an admitted machine by an order, or what it was while it waited. */
  static AdmissionRecord in(State state, AdmissionRecord r) {
    return new AdmissionRecord(
        r.identity(),
        r.evidence(),
        state,
        r.node(),
        r.controlPlane(),
        state == State.PENDING ? r.disk() : "",
        state == State.PENDING ? List.of() : List.of(r.disk()),
        state == State.PENDING ? r.addresses() : List.of(),
        r.since(),
        r.ticket());
  }
}
