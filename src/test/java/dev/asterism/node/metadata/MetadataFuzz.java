package dev.asterism.node.metadata;

import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** What hosts say of their nodes. */
public final class MetadataFuzz {
  private MetadataFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText(
            "QemuSelf",
            json -> QemuSource.self(Bytes.ofUtf8(json)),
            "{\"Name\": \"Node_1\", \"ProviderID\": \"qemu:///1\", \"Role\": \"ControlPlane\","
                + " \"VPCIP\": \"10.42.1.1\"}"),
        FuzzTarget.ofText(
            "QemuPeers",
            json -> QemuSource.controlPlanes(Bytes.ofUtf8(json)),
            "[{\"Role\": \"ControlPlane\", \"VPCIP\": \"fd00::1\"}, {\"Role\": \"Worker\"}]"),
        FuzzTarget.ofText(
            "QemuEndpoint",
            json -> QemuSource.endpoint(Bytes.ofUtf8(json), 6443),
            "\"lb.example:443\"",
            "\"fd00::1\"",
            "\"[fd00::1]:1\"",
            "\"\""),
        FuzzTarget.ofText(
            "AzureInstance",
            json -> AzureSource.read(Bytes.ofUtf8(json)),
            """
            {"compute": {"name": "n", "resourceId": "/subscriptions/1/resourceGroups/A/x",
              "osProfile": {"computerName": "cp-0"}, "userData": "eyJhIjoiYiJ9",
              "tagsList": [{"name": "constellation-role", "value": "worker"}]},
             "network": {"interface": [{"ipv4": {"ipAddress": [{"privateIpAddress": "10.0.0.1"}]},
              "ipv6": {"ipAddress": [{"privateIpAddress": "fd00::1"}]}}]}}
            """),
        FuzzTarget.ofText(
            "OpenStackServer",
            json -> OpenStackSource.read(Bytes.ofUtf8(json)),
            "{\"uuid\": \"1-2\", \"name\": \"CP_0\", \"meta\": {\"constellation-role\":"
                + " \"worker\", \"asterism-api-server\": \"lb:6443\"}}"),
        FuzzTarget.ofText(
            "UserData",
            text -> Settings.ofUserData(Bytes.ofUtf8(text)),
            " {\"constellation-role\": \"worker\", \"x\": 1}",
            "#cloud-config\n"),
        FuzzTarget.of("HostText", Host::utf8, () -> List.of(Bytes.ofUtf8("i-0123"))),
        stated(),
        HostAnswers.aws(),
        HostAnswers.gcp(),
        staticMetadata());
  }

  /** One text as every word of a host. */
  private static FuzzTarget<?> stated() {
    return FuzzTarget.ofText(
            "StatedMetadata",
            text -> {
              var flags =
                  new FlagSource(
                      Map.of(
                          Field.NAME,
                          "n",
                          Field.ROLE,
                          "worker",
                          Field.IP,
                          "::1",
                          Field.PROVIDER_ID,
                          text,
                          Field.API_SERVER,
                          text.split(",", 2)[0],
                          Field.JOIN_ENDPOINTS,
                          text));
              var metadata = new StatedMetadata(flags, flags);
              return List.of(
                  metadata.self(), metadata.joinEndpoints(), metadata.apiServerEndpoint());
            },
            "10.42.0.1:30090",
            "[fd00::1]:9090",
            "lb.example:1,b:2")
        .refusing(IOException.class);
  }

  private static FuzzTarget<?> staticMetadata() {
    var file = new FuzzFile("metadata.json");
    var metadata = Told.by(new FileSource(file.path()));
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
                         "apiServerEndpoint": "cluster.example:6443", "initSecretHash": "HASH"}
                        """
                            .replace("HASH", Told.HASH))))
        .refusing(IOException.class)
        .quoting("the operator must know which member of his own file is meant");
  }
}
