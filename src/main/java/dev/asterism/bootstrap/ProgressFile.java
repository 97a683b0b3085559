package dev.asterism.bootstrap;

import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code {"phase": "started"|"complete", "clusterId": "<hex>", "role": "ControlPlane"|"Worker"}}.
 */
final class ProgressFile {
  private static final int MAX_BYTES = 64 * 1024;

  private final Path file;

  ProgressFile(Path file) {
    this.file = file;
  }

  /**
   * @return empty where nothing was begun
   * @throws IOException naming the file, and what is wrong with it
   */
  Optional<Progress> read() throws IOException {
    try {
      return Optional.of(parse(Json.object("progress", AtomicFile.read(file, MAX_BYTES))));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Returns once it has reached the disk. */
  void write(Progress progress) throws IOException {
    var node = Json.newObject();
    node.put("phase", progress.phase().id());
    node.put("clusterId", progress.clusterId().hex());
    node.put("role", progress.role().stateName());
    AtomicFile.write(file, Json.line(node), AtomicFile.PRIVATE);
  }

  private static Progress parse(ObjectNode node) throws MalformedException {
    String phase = Json.string(node, "phase");
    return new Progress(
        Arrays.stream(Progress.Phase.values())
            .filter(candidate -> candidate.id().equals(phase))
            .findAny()
            .orElseThrow(() -> new MalformedException("phase", "is unknown")),
        Bytes.ofHex("clusterId", Json.string(node, "clusterId")),
        Role.parse(Json.string(node, "role"))
            .orElseThrow(() -> new MalformedException("role", "is unknown")));
  }
}
