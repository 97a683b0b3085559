package dev.asterism.testing.kubernetes;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.api.Access;
import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.Manifests;
import dev.asterism.kubernetes.local.LocalControlPlane;
import dev.asterism.kubernetes.local.LocalControlPlane.Line;
import dev.asterism.kubernetes.local.LocalObjects;
import dev.asterism.kubernetes.local.LocalPrograms;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * etcd, kube-apiserver and kube-controller-manager as they are, on this machine's loopback address,
 * with the PKI that init leaves on a control plane. One of each version for all tests of a run.
 */
public final class TestControlPlane implements AutoCloseable {
  private static final Path BUILD = Path.of("src/test/kubernetes/build").toAbsolutePath();
  private static final Map<String, TestControlPlane> STARTED = new LinkedHashMap<>();

  public static final Component COMPONENT =
      new Component("data:,kubelet", "sha256:" + "00".repeat(32), "/run/state/bin/kubelet", false);

  private final Path root;
  private final LocalPrograms programs;
  private final LocalControlPlane plane;
  private final Map<String, Process> processes = new LinkedHashMap<>();

  /** The first version that does not start fails all tests: no test waits for it again. */
  private static boolean broken;

  private TestControlPlane(LocalPrograms programs) throws Exception {
    this.programs = programs;
    // In memory: etcd waits for the disk at every write.
    Path memory = Path.of("/dev/shm");
    root =
        Files.isWritable(memory)
            ? Files.createTempDirectory(memory, "asterism-kube")
            : Files.createTempDirectory("asterism-kube");
    plane =
        new LocalControlPlane(
            programs,
            root.resolve("etc/kubernetes/pki"),
            root.resolve("plane"),
            freePorts(),
            InstantSource.system());
    new StandaloneKubeadm(root, null, InstantSource.system())
        .init(
            new InitPlan(
                "test",
                "v" + version(),
                "control-plane-0",
                "127.0.0.1",
                plane.endpoint(),
                List.of("api.test"),
                LocalControlPlane.SERVICES,
                false,
                List.of()));
    plane.prepare();
    Files.writeString(
        root.resolve("ClusterConfiguration"),
        "apiServer:\n  certSANs:\n  - 'api.test'\nnetworking:\n  serviceSubnet: '"
            + LocalControlPlane.SERVICES
            + "'\n");
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    try {
      start(plane.etcd());
      start(plane.apiServer());
      awaitReady();
      start(plane.controllerManager());
      furnish();
    } catch (Exception | Error e) {
      broken = true;
      close();
      throw e;
    }
  }

  /** The minor versions that there are modules for, the oldest first. */
  public static List<String> versions() {
    return installed().keySet().stream().toList();
  }

  /** The newest one. */
  public static TestControlPlane newest() throws Exception {
    return of(versions().getLast());
  }

  /**
   * @param minor as in {@link #versions}
   */
  public static synchronized TestControlPlane of(String minor) throws Exception {
    LocalPrograms programs = programs(installed().get(minor));
    if (broken) {
      throw new AssertionError("no control plane: see the first failure");
    }
    TestControlPlane plane = STARTED.get(minor);
    if (plane == null) {
      plane = new TestControlPlane(programs);
      STARTED.put(minor, plane);
    }
    return plane;
  }

  private static LocalPrograms programs(Path folder) {
    try {
      return LocalPrograms.find(
          Map.of("PATH", System.getenv("PATH"), LocalPrograms.VARIABLE, folder.toString()));
    } catch (IOException e) {
      assumeTrue(false, e.getMessage() + " (./build verify -Pkube)");
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Path> installed() {
    try {
      Process list = new ProcessBuilder(BUILD.toString(), "--list").start();
      var versions = new LinkedHashMap<String, Path>();
      for (String line : new String(list.getInputStream().readAllBytes()).split("\n", -1)) {
        if (!line.isEmpty()) {
          String[] words = line.split(" ", 2);
          versions.put(words[0], Path.of(words[1]));
        }
      }
      return versions;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Below the range from which outgoing connections take theirs. */
  private static LocalControlPlane.Ports freePorts() throws IOException {
    var random = new SecureRandom();
    while (true) {
      int first = 20_000 + random.nextInt(12_000);
      try (var _ = listen(first);
          var _ = listen(first + 1);
          var _ = listen(first + 2)) {
        return new LocalControlPlane.Ports(first, first + 1, first + 2);
      } catch (BindException e) {
        // Somebody has one of them.
      }
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }

  private void start(Line line) throws IOException {
    var command = new ArrayList<String>(List.of(line.program().toString()));
    command.addAll(line.arguments());
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(root.resolve(line.name() + ".log").toFile()))
            .start();
    processes.put(line.name(), process);
  }

  private void awaitReady() throws IOException, InterruptedException {
    long start = System.nanoTime();
    try (var server = admin()) {
      while (!server.ready() || !server.hasRoles()) {
        for (var process : processes.entrySet()) {
          if (!process.getValue().isAlive()) {
            throw new AssertionError(process.getKey() + " ended:\n" + log(process.getKey()));
          }
        }
        if (System.nanoTime() - start > Duration.ofMinutes(3).toNanos()) {
          throw new AssertionError("no API server:\n" + log("kube-apiserver"));
        }
        Thread.sleep(100);
      }
    }
  }

  /** The end of a program's log. */
  public String log(String program) throws IOException {
    String log = Files.readString(root.resolve(program + ".log"));
    return log.substring(Math.max(0, log.length() - 4000));
  }

  private void furnish() throws IOException {
    try (var server = new ApiServer(adminAccess(), Duration.ofMinutes(2))) {
      new LocalObjects(server).builtIn(plane.endpoint(), authority());
      var manifests = new Manifests(server);
      var components =
          new dev.asterism.kubernetes.ClusterAccess.Components(
              ComponentsConfig.reference(List.of(COMPONENT)), "v" + version(), List.of(COMPONENT));
      manifests.apply(ComponentsConfig.toConfigMap(components));
      ObjectNode version = Json.newObject();
      version.put("apiVersion", "update.edgeless.systems/v1alpha1").put("kind", "NodeVersion");
      version.putObject("metadata").put("name", "constellation-version");
      version.putObject("spec").put("kubernetesComponentsReference", components.reference());
      manifests.apply(version);
    }
  }

  /** Kills the API server as a crash would. */
  public void killApiServer() {
    Process process = processes.get("kube-apiserver");
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Starts it again, and returns at once. */
  public void startApiServer() throws IOException {
    start(plane.apiServer());
  }

  /** Starts it again if it is not running, and waits until it answers. */
  public void awaitApiServer() throws IOException, InterruptedException {
    if (!processes.get("kube-apiserver").isAlive()) {
      startApiServer();
    }
    awaitReady();
  }

  /** {@code 1.37.2}. */
  public String version() {
    return String.valueOf(programs.kubernetes().getFileName());
  }

  /** {@code host:port}. */
  public String endpoint() {
    return plane.endpoint();
  }

  public Access.Source adminAccess() {
    return AccessFiles.kubeconfig(plane.adminKubeconfig());
  }

  /** To be closed. */
  public ApiServer admin() {
    return new ApiServer(adminAccess());
  }

  /** The CA that signs the API server's certificate, PEM. */
  public String authority() throws IOException {
    return Files.readString(root.resolve("etc/kubernetes/pki/ca.crt"));
  }

  /** What a join-service on the control plane has mounted. */
  public ControlPlaneFolder folder() {
    return new ControlPlaneFolder(root.resolve("etc/kubernetes"), InstantSource.system());
  }

  public Path clusterConfiguration() {
    return root.resolve("ClusterConfiguration");
  }

  /** Runs kubectl as the admin; returns what it prints. */
  public String kubectl(String... arguments) throws IOException, InterruptedException {
    var command =
        new ArrayList<String>(
            List.of(
                programs.kubernetes().resolve("kubectl").toString(),
                "--kubeconfig=" + plane.adminKubeconfig(),
                "--cache-dir=" + root.resolve("kubectl")));
    command.addAll(List.of(arguments));
    Path errors = root.resolve("kubectl.err");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new AssertionError(String.join(" ", command) + "\n" + Files.readString(errors));
    }
    return output;
  }

  @Override
  public void close() {
    for (String name : List.of("kube-controller-manager", "kube-apiserver", "etcd")) {
      Process process = processes.get(name);
      if (process != null) {
        process.destroy();
        try {
          if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
          }
        } catch (InterruptedException e) {
          process.destroyForcibly();
        }
      }
    }
    try (var files = Files.walk(root)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A folder in memory or of temporary files; its owner cleans up.
    }
  }
}
