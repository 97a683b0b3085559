package dev.asterism.keyservice;

import dev.asterism.crypto.CertificateNames;
import dev.asterism.keys.KeyIds;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Who may have which keys. The join-service gets the keys of disks and the two reserved ones, and
 * nothing else; others get ids that begin as they were granted, but never what could be a disk's
 * nor a reserved one.
 */
public final class Callers {
  /** What the join-service's certificate says where nobody says otherwise. */
  public static final String JOIN_SERVICE = "join-service";

  private final boolean named;
  private final String joinService;
  private final Map<String, Set<String>> prefixes;

  private Callers(boolean named, String joinService, Map<String, Set<String>> prefixes) {
    this.named = named;
    this.joinService = joinService;
    this.prefixes = prefixes;
  }

  /** For plain gRPC: nobody has a name, so everyone may have every key. */
  public static Callers anyone() {
    return new Callers(false, "", Map.of());
  }

  /**
   * For mutual TLS.
   *
   * @param joinService the name in its certificate
   * @param grants {@code NAME=PREFIX} each, of callers beside it
   * @throws MalformedException naming what is wrong with which flag
   */
  public static Callers named(String joinService, List<String> grants) throws MalformedException {
    if (!CertificateNames.isCaller(joinService)) {
      throw new MalformedException(
          "--join-service",
          "is not 1 to 64 letters, digits and ._:@/-, as a certificate's name is");
    }
    Map<String, Set<String>> prefixes = new HashMap<>();
    for (String grant : grants) {
      int equals = grant.indexOf('=');
      String name = grant.substring(0, Math.max(0, equals));
      String prefix = grant.substring(equals + 1);
      if (!CertificateNames.isCaller(name)) {
        throw new MalformedException("--allow", "is not NAME=PREFIX");
      }
      if (name.equals(joinService)) {
        throw new MalformedException(
            "--allow", "names the join-service, which has the keys of disks and none beside them");
      }
      if (!DataKeyRequest.isId(prefix)) {
        throw new MalformedException(
            "--allow", "has a prefix that is not 1 to 253 characters of which ids are made");
      }
      prefixes.computeIfAbsent(name, n -> new HashSet<>()).add(prefix);
    }
    return new Callers(true, joinService, prefixes);
  }

  /**
   * @param caller empty by plain gRPC
   * @param id a well-formed one
   * @throws CallException PERMISSION_DENIED, without saying what would be permitted
   */
  void check(Optional<String> caller, String id) throws CallException {
    if (!may(caller, id)) {
      throw new CallException(
          Status.Code.PERMISSION_DENIED, "this caller may not have the key of that id");
    }
  }

  private boolean may(Optional<String> caller, String id) {
    if (!named) {
      return true;
    }
    if (caller.isEmpty()) {
      return false;
    }
    if (caller.get().equals(joinService)) {
      return KeyIds.isStateDisk(id) || KeyIds.RESERVED.contains(id);
    }
    return !KeyIds.RESERVED.contains(id)
        && !KeyIds.looksLikeStateDisk(id)
        && prefixes.getOrDefault(caller.get(), Set.of()).stream().anyMatch(id::startsWith);
  }
}
