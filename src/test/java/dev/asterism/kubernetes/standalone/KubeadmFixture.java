package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.testing.TestClock;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Folders of two nodes, and the plan by which the first becomes a cluster. */
abstract class KubeadmFixture {
  static final Component HELLO = new Component("data:,hello", "", "/run/state/bin/hello", false);
  static final String TOKEN = "abcdef.0123456789abcdef";

  @TempDir Path folder;
  final TestClock clock = new TestClock(Instant.parse("2026-05-01T12:00:00Z"));
  Path first;
  Path second;

  @BeforeEach
  void makeNodes() throws Exception {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
  }

  static InitPlan plan(String clusterName) {
    return new InitPlan(
        clusterName,
        "v1.30.1",
        "Control_Plane_0",
        "10.0.0.1",
        "10.0.0.1:6443",
        List.of("api.example.com"),
        "10.96.0.0/12",
        false,
        List.of(HELLO));
  }

  String init() throws IOException {
    return new StandaloneKubeadm(first, null, clock).init(plan("mini"));
  }

  StandaloneCluster cluster(Path root) {
    return new StandaloneCluster(root, null, clock, new SecureRandom());
  }

  static Map<Path, Bytes> files(Path root) throws IOException {
    var content = new HashMap<Path, Bytes>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock")) {
          content.put(file, Bytes.of(Files.readAllBytes(file)));
        }
      }
    }
    return content;
  }
}
