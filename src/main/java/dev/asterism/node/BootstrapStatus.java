package dev.asterism.node;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What bootstrapping is at, for people and for whoever watches this node. As JSON: {@code {"state":
 * "starting"|"refused"|"joined"|"failed", "reason", "role", "clusterId"}}; the last two are left
 * out while unknown. Public, and trusted by nothing.
 *
 * @param reason one line for people; empty where there is nothing to say
 * @param clusterId 32 bytes
 */
public record BootstrapStatus(
    State state, String reason, @Nullable Role role, @Nullable Bytes clusterId) {

  private static final int MAX_BYTES = 64 * 1024;

  public enum State {
    /** Waiting for an init call or a join-service that answers. */
    STARTING,
    /** A join-service said no; still trying. */
    REFUSED,
    /** A member of a cluster, by init or join. */
    JOINED,
    /** Will be reset and rebooted. */
    FAILED;

    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @return empty where there is no such file: bootstrapping has not run since the last reboot
   */
  public static Optional<BootstrapStatus> read(Path file) throws IOException {
    try {
      return Optional.of(parse(AtomicFile.read(file, MAX_BYTES)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  public void write(Path file) throws IOException {
    var node = Json.newObject();
    node.put("state", state.id());
    node.put("reason", reason);
    if (role != null) {
      node.put("role", role.stateName());
    }
    if (clusterId != null) {
      node.put("clusterId", clusterId.hex());
    }
    AtomicFile.write(file, Json.pretty(node), AtomicFile.PUBLIC);
  }

  private static BootstrapStatus parse(Bytes content) throws MalformedException {
    var node = Json.object("bootstrap status", content);
    String roleName = Json.optionalString(node, "role");
    String clusterId = Json.optionalString(node, "clusterId");
    return new BootstrapStatus(
        state(Json.string(node, "state")),
        Json.string(node, "reason"),
        roleName == null ? null : role(roleName),
        clusterId == null ? null : Bytes.ofHex("clusterId", clusterId));
  }

  private static State state(String id) throws MalformedException {
    for (State candidate : State.values()) {
      if (candidate.id().equals(id)) {
        return candidate;
      }
    }
    throw new MalformedException("state", "is unknown");
  }

  private static Role role(String name) throws MalformedException {
    return Role.parse(name).orElseThrow(() -> new MalformedException("role", "is unknown"));
  }
}
