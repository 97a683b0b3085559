package dev.asterism.node;

import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;

/** What a host says of its node, and what the node keeps about itself. */
public final class NodeFuzz {
  private NodeFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
            "QemuSelf",
            QemuMetadata::instance,
            () ->
                List.of(
                    Bytes.ofUtf8(
                        "{\"Name\": \"Node_1\", \"ProviderID\": \"qemu:///1\", \"Role\":"
                            + " \"ControlPlane\", \"VPCIP\": \"10.42.1.1\"}"))),
        FuzzTarget.of(
            "QemuPeers",
            QemuMetadata::controlPlanes,
            () ->
                List.of(
                    Bytes.ofUtf8(
                        "[{\"Role\": \"ControlPlane\", \"VPCIP\": \"fd00::1\"},"
                            + " {\"Role\": \"Worker\"}]"))),
        FuzzTarget.of(
            "QemuEndpoint",
            body -> QemuMetadata.endpoint(body, 6443),
            () ->
                List.of(
                    Bytes.ofUtf8("\"lb.example:443\""),
                    Bytes.ofUtf8("\"fd00::1\""),
                    Bytes.ofUtf8("\"[fd00::1]:1\""),
                    Bytes.ofUtf8("\"\""))),
        staticMetadata(),
        nodeState(),
        status());
  }

  private static FuzzTarget<?> staticMetadata() {
    var file = new FuzzFile("metadata.json");
    var metadata = new StaticMetadata(file.path());
    return FuzzTarget.of(
            "StaticMetadata",
            json -> {
              file.with(json);
              return List.of(
                  metadata.self(),
                  metadata.joinEndpoints(),
                  metadata.apiServerEndpoint(),
                  metadata.initSecretHash());
            },
            () ->
                List.of(
                    Bytes.ofUtf8(
                        """
                        {"name": "Node_1", "providerId": "qemu:///1", "role": "control-plane",
                         "ip": "10.42.1.1", "joinEndpoints": ["10.42.0.1:30090", "[fd00::1]:9090"],
                         "apiServerEndpoint": "cluster.example:6443", "initSecretHash": "$2a$10$x"}
                        """)))
        .refusing(IOException.class)
        .quoting("the operator must know which member of his own file is meant");
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
