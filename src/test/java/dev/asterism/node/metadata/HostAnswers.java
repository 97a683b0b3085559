package dev.asterism.node.metadata;

import dev.asterism.node.Metadata;
import dev.asterism.testing.FakeHttp;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What a metadata service answers path by path: a line for each, and the last has all the rest. */
final class HostAnswers {
  /** Whoever is slow is not asked again. */
  private static final Host.Patience ONCE =
      new Host.Patience(Duration.ofSeconds(20), Duration.ZERO, Duration.ZERO);

  private final Provider provider;
  private final Map<String, String> headers;
  private final String role;
  private final List<String> paths;
  private FakeHttp host;
  private Metadata metadata;

  /**
   * @param headers of every answer
   * @param role where the machine's role is said
   */
  private HostAnswers(
      Provider provider, Map<String, String> headers, String role, String... paths) {
    this.provider = provider;
    this.headers = headers;
    this.role = role;
    this.paths = List.of(paths);
  }

  static FuzzTarget<?> aws() {
    String data = "/latest/meta-data/";
    return new HostAnswers(
            Provider.AWS,
            Map.of(),
            data + "tags/instance/constellation-role",
            "/latest/api/token",
            data + "placement/availability-zone",
            data + "instance-id",
            data + "local-ipv4",
            data + "ipv6")
        .target(
            "AwsMetadata", "token==\nzone-1a\ni-0123456789\n10.0.1.7\n", "t\nz\ni-1\n\nfd00::1");
  }

  static FuzzTarget<?> gcp() {
    String instance = "/computeMetadata/v1/instance/";
    return new HostAnswers(
            Provider.GCP,
            Map.of("Metadata-Flavor", "Google"),
            instance + "attributes/constellation-role",
            instance + "zone",
            "/computeMetadata/v1/project/project-id",
            instance + "name",
            instance + "network-interfaces/0/ip",
            instance + "network-interfaces/0/ipv6s")
        .target(
            "GcpMetadata",
            "projects/1/zones/zone-b\nproject\nnode-1\n10.0.1.7\n",
            "zone-b\np\nn\n\nfd00::1\nfd00::2");
  }

  private FuzzTarget<?> target(String name, String... seeds) {
    return FuzzTarget.of(
            name, this::self, () -> List.of(seeds).stream().map(Bytes::ofUtf8).toList())
        .refusing(IOException.class);
  }

  private Metadata.Instance self(Bytes answers) throws IOException {
    if (host == null) {
      host = new FakeHttp();
      host.answer(role, Bytes.ofUtf8("worker"), headers);
      metadata = Told.by(provider.source(host.uri(), ONCE));
    }
    // Byte by byte: hosts may say what is no text.
    String[] lines =
        new String(answers.toArray(), StandardCharsets.ISO_8859_1).split("\n", paths.size());
    for (int i = 0; i < paths.size(); i++) {
      String line = i < lines.length ? lines[i] : "";
      host.answer(paths.get(i), Bytes.of(line.getBytes(StandardCharsets.ISO_8859_1)), headers);
    }
    return metadata.self();
  }
}
