package dev.asterism.node;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code node_state.json}: {@code {"Role":"ControlPlane"|"Worker","MeasurementSalt":"<base64>"}},
 * as every version of the system reads and writes it. It lies on the encrypted disk, and is written
 * before the node lock is taken.
 */
public final class NodeStateFile {
  /** Of the measurement salt, in bytes. */
  public static final int SALT_LENGTH = 32;

  private static final int MAX_BYTES = 64 * 1024;

  private final Path file;

  public NodeStateFile(Path file) {
    this.file = file;
  }

  /** What it says. */
  public record NodeState(Role role, Bytes measurementSalt) {
    public NodeState {
      if (measurementSalt.length() != SALT_LENGTH) {
        throw new IllegalArgumentException("a measurement salt has " + SALT_LENGTH + " bytes");
      }
    }
  }

  /**
   * @return empty where there is no such file
   * @throws IOException naming the file, and the member that is wrong
   */
  public Optional<NodeState> read() throws IOException {
    try {
      return Optional.of(parse(AtomicFile.read(file, MAX_BYTES)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  public void write(NodeState state) throws IOException {
    var node = Json.newObject();
    node.put("Role", state.role().stateName());
    node.put("MeasurementSalt", state.measurementSalt().base64());
    AtomicFile.write(file, Json.line(node), AtomicFile.PRIVATE);
  }

  private static NodeState parse(Bytes content) throws MalformedException {
    var node = Json.object("node state", content);
    String role = Json.string(node, "Role");
    Bytes salt = Json.base64(node, "MeasurementSalt");
    if (salt.length() != SALT_LENGTH) {
      throw new MalformedException("MeasurementSalt", "must have " + SALT_LENGTH + " bytes");
    }
    for (Role candidate : Role.values()) {
      if (candidate.stateName().equals(role)) {
        return new NodeState(candidate, salt);
      }
    }
    throw new MalformedException("Role", "is neither ControlPlane nor Worker");
  }
}
