package dev.asterism.joinservice;

import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Identifier;
import dev.asterism.config.AdmissionPolicy.Deny;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.util.List;
import java.util.Set;

/** The deny-lists of the configuration. */
final class Denials {
  private Denials() {}

  /** Whether the machine is on none. */
  static void check(Deny deny, Claims claims) throws CallException {
    for (Identifier key : List.of(Identifier.AK_KEY, Identifier.AK_NAME)) {
      refuse(listed(deny.attestationKeys(), claims, key), "attestation key");
    }
    for (Identifier chip : List.of(Identifier.CHIP_ID, Identifier.PPID)) {
      refuse(listed(deny.chips(), claims, chip), "chip");
    }
    proven(deny.keysByName(), claims, Identifier.AK_KEY, Identifier.AK_NAME);
    proven(!deny.chips().isEmpty(), claims, Identifier.REPORT_ID, Identifier.CHIP_ID);
  }

  /** Else whoever is on a list would only have to hide what it is about. */
  private static void proven(boolean listed, Claims claims, Identifier where, Identifier what)
      throws CallException {
    if (listed && claims.identity().containsKey(where) && !claims.identity().containsKey(what)) {
      throw new CallException(
          Status.Code.PERMISSION_DENIED,
          "the cluster's deny-list is about the " + what.id() + ", which this evidence hides");
    }
  }

  static void checkDisk(Deny deny, String disk) throws CallException {
    refuse(deny.disks().contains(disk), "disk");
  }

  static void checkName(Deny deny, String name) throws CallException {
    refuse(deny.names().contains(name), "name");
  }

  private static boolean listed(Set<Bytes> denied, Claims claims, Identifier identifier) {
    String value = claims.identity().get(identifier);
    try {
      return value != null && !denied.isEmpty() && denied.contains(Bytes.ofHex("hex", value));
    } catch (MalformedException e) {
      throw new IllegalStateException(identifier + " is not hexadecimal", e);
    }
  }

  private static void refuse(boolean denied, String what) throws CallException {
    if (denied) {
      throw new CallException(
          Status.Code.PERMISSION_DENIED, "this " + what + " is on the cluster's deny-list");
    }
  }
}
