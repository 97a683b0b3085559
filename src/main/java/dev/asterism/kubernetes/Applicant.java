package dev.asterism.kubernetes;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A machine that asks to be a node.
 *
 * @param identity what its evidence proves of it, see {@link AdmissionRecord#identity}
 * @param evidence all identifiers that its evidence carries
 * @param node the name it asks for, as Kubernetes has it
 * @param disk a canonical UUID
 * @param addresses IP literals that it says are its own, without loopback ones
 */
public record Applicant(
    String identity,
    Map<String, String> evidence,
    String node,
    boolean controlPlane,
    String disk,
    List<String> addresses) {
  public Applicant {
    evidence = Map.copyOf(evidence);
    addresses = List.copyOf(addresses);
  }

  /** The same, with what is on record of the machine where this says nothing. */
  Applicant completedBy(AdmissionRecord own) {
    var all = new HashMap<>(own.evidence());
    all.putAll(evidence);
    return new Applicant(
        identity, all, node, controlPlane, disk, addresses.isEmpty() ? own.addresses() : addresses);
  }
}
