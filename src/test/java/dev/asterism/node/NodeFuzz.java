package dev.asterism.node;

import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;

/** What a node keeps about itself. */
public final class NodeFuzz {
  private NodeFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(nodeState(), status());
  }

  private static FuzzTarget<?> nodeState() {
    var file = new FuzzFile("node_state.json");
    var state = new NodeStateFile(file.path());
    FuzzTarget.Writer<NodeStateFile.NodeState> writer =
        value -> {
          state.write(value);
          return file.content();
        };
    return FuzzTarget.of(
            "NodeState",
            json -> {
              file.with(json);
              return state.read().orElseThrow();
            },
            () -> List.of(writer.write(new NodeStateFile.NodeState(Role.WORKER, Bytes.zeros(32)))))
        .writing(writer)
        .refusing(IOException.class);
  }

  private static FuzzTarget<?> status() {
    var file = new FuzzFile("status.json");
    FuzzTarget.Writer<BootstrapStatus> writer =
        value -> {
          value.write(file.path());
          return file.content();
        };
    return FuzzTarget.of(
            "BootstrapStatus",
            json -> BootstrapStatus.read(file.with(json)).orElseThrow(),
            () ->
                List.of(
                    writer.write(
                        new BootstrapStatus(
                            BootstrapStatus.State.JOINED,
                            "why",
                            Role.CONTROL_PLANE,
                            Bytes.zeros(32)))))
        .writing(writer)
        .refusing(IOException.class);
  }
}
