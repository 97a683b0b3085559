package dev.asterism.config;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who may join as what, once the evidence is accepted: the member {@code admission} of an
 * attestation config. See {@link AdmissionPolicyParser} for its form.
 *
 * @param deny counts in every profile
 */
public record AdmissionPolicy(Profile profile, ControlPlanes controlPlanes, Deny deny) {
  /** What holds where the config says nothing. */
  public static final AdmissionPolicy DEFAULT =
      new AdmissionPolicy(Profile.STRICT, new ControlPlanes.Any(), Deny.NOBODY);

  public AdmissionPolicy {
    if (profile == Profile.COMPATIBLE && controlPlanes instanceof ControlPlanes.ByApproval) {
      throw new IllegalArgumentException("an approval is bound to a machine");
    }
  }

  /** How much is bound to what. */
  public enum Profile {
    /** Name, role, disk and addresses are bound to the machine that was first admitted as them. */
    STRICT,
    /** As the old system has it: whoever is accepted gets what it asks for. */
    COMPATIBLE
  }

  /** Which machines may become control planes; a machine that is one stays one. */
  public sealed interface ControlPlanes {
    /** Every accepted one. */
    record Any() implements ControlPlanes {}

    /** Those that ask for one of these names, which no worker may have. */
    record Listed(Set<String> names) implements ControlPlanes {
      public Listed {
        names = Set.copyOf(names);
      }
    }

    /** Those that an admin has approved, one by one. */
    record ByApproval() implements ControlPlanes {}
  }

  /**
   * Who gets nothing.
   *
   * @param attestationKeys SHA-256 hashes of DER SubjectPublicKeyInfo, and TPM names
   * @param chips CHIP_ID (64 bytes) or PPID (16)
   * @param disks canonical UUIDs
   * @param names as Kubernetes has them
   */
  public record Deny(
      Set<Bytes> attestationKeys, Set<Bytes> chips, Set<String> disks, Set<String> names) {
    static final int KEY_HASH = 32;

    public static final Deny NOBODY = new Deny(Set.of(), Set.of(), Set.of(), Set.of());

    public Deny {
      attestationKeys = Set.copyOf(attestationKeys);
      chips = Set.copyOf(chips);
      disks = Set.copyOf(disks);
      names = Set.copyOf(names);
    }

    /** Whether some keys are listed by their TPM names, which not all evidence proves. */
    public boolean keysByName() {
      return attestationKeys.stream().anyMatch(key -> key.length() != KEY_HASH);
    }
  }

  /** Reads it from the config it is a member of; absent: {@link #DEFAULT}. */
  public static AdmissionPolicy parse(ObjectNode attestationConfig) throws MalformedException {
    return AdmissionPolicyParser.parse(attestationConfig);
  }

  /** What an operator should know about this policy, each time it comes into force. */
  public List<String> warnings() {
    var warnings = new ArrayList<String>();
    if (profile == Profile.COMPATIBLE) {
      warnings.add(
          "admission.profile is compatible: every accepted machine gets any name, any role and any"
              + " disk's key that it asks for");
    }
    if (deny.keysByName()) {
      warnings.add(
          "admission.deny.attestationKeys lists TPM names: evidence that does not prove the name of"
              + " its key is refused now; list the SHA-256 of the key's SubjectPublicKeyInfo");
    }
    return List.copyOf(warnings);
  }
}
