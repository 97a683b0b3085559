package dev.asterism.mini;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The processes of one mini cluster. Each carries a tag on its command line, so that it is found
 * again by anybody, whoever died meanwhile, and nothing else is ever taken for it.
 */
final class Processes {
  private static final String TAG = "-Dasterism.mini=";
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final MiniDir dir;
  private final RoleCommand command;

  /**
   * @param command how this program is started again
   */
  Processes(MiniDir dir, RoleCommand command) {
    this.dir = dir;
    this.command = command;
  }

  /**
   * One running process.
   *
   * @param role of the program ({@code join-service}), or {@code swtpm}
   */
  record Running(String node, String role, ProcessHandle handle) {}

  /** Starts a role of this program for {@code node}; its output goes to the node's log folder. */
  void start(String node, String role, List<String> arguments) throws IOException {
    start(node, role, List.of(role), arguments);
  }

  /**
   * The same of a verb.
   *
   * @param role how it is found again
   */
  void start(String node, String role, List<String> verb, List<String> arguments)
      throws IOException {
    var line = new ArrayList<String>(command.java());
    line.add(tag(node, role));
    line.addAll(command.program());
    line.addAll(verb);
    line.addAll(arguments);
    launch(node, role, line);
  }

  /** Starts another program; {@code arguments} must name the node's directory. */
  void startForeign(String node, String program, List<String> arguments) throws IOException {
    var line = new ArrayList<String>(List.of(program));
    line.addAll(arguments);
    launch(node, program, line);
  }

  /** Starts a program of Kubernetes; {@code arguments} must name its directory. */
  void startForeign(String node, Path program, String name, List<String> arguments)
      throws IOException {
    var line = new ArrayList<String>(List.of(program.toString()));
    line.addAll(arguments);
    launch(node, name, line);
  }

  /** Every process of this cluster that is alive. */
  List<Running> running() {
    return ProcessHandle.allProcesses()
        .filter(ProcessHandle::isAlive)
        .map(this::recognize)
        .flatMap(Optional::stream)
        .toList();
  }

  Optional<Running> running(String node, String role) {
    return running().stream().filter(r -> r.node().equals(node) && r.role().equals(role)).findAny();
  }

  /** Ends them: asks, waits a little, then kills; returns when they are gone. */
  void stop(List<Running> processes) {
    processes.forEach(r -> r.handle().destroy());
    try {
      CompletableFuture.allOf(
              processes.stream().map(r -> r.handle().onExit()).toArray(CompletableFuture[]::new))
          .get(GRACE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      processes.forEach(r -> r.handle().destroyForcibly());
      processes.forEach(r -> r.handle().onExit().orTimeout(5, TimeUnit.SECONDS).join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void launch(String node, String name, List<String> line) throws IOException {
    Path logs = Files.createDirectories(dir.node(node).logs());
    var all = new ArrayList<String>();
    if (Files.isExecutable(SETSID)) {
      // A session of its own, so that closing the terminal does not end the cluster.
      all.add(SETSID.toString());
    }
    all.addAll(line);
    Process started =
        new ProcessBuilder(all)
            .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
            .redirectOutput(ProcessBuilder.Redirect.appendTo(logs.resolve(name + ".log").toFile()))
            .redirectErrorStream(true)
            .start();
    awaitProgram(started, line.getFirst());
  }

  /**
   * While one program replaces another, as setsid is by ours, its command line is empty for a
   * moment: whoever looks for it by its tag then would take it for dead.
   */
  private static void awaitProgram(Process started, String program) throws IOException {
    while (started.isAlive() && !arguments(started.toHandle()).getFirst().equals(program)) {
      Pause.millis(5);
    }
  }

  private static final Set<String> KUBERNETES =
      Set.of("etcd", "kube-apiserver", "kube-controller-manager");

  /** They run there. */
  private static final String FIRST_NODE = "control-plane-1";

  private static final Path SETSID = Path.of("/usr/bin/setsid");

  private String tag(String node, String role) {
    return TAG + dir.root() + "#" + node + "#" + role;
  }

  private Optional<Running> recognize(ProcessHandle handle) {
    List<String> arguments = arguments(handle);
    String start = TAG + dir.root() + "#";
    for (String argument : arguments) {
      if (argument.startsWith(start)) {
        String[] parts = argument.substring(start.length()).split("#", -1);
        return parts.length == 2
            ? Optional.of(new Running(parts[0], parts[1], handle))
            : Optional.empty();
      }
    }
    Optional<Running> kubernetes = recognizeKubernetes(handle, arguments);
    return kubernetes.isPresent() ? kubernetes : recognizeSwtpm(handle, arguments);
  }

  /** By the program's name, and a file of this cluster among its arguments. */
  private Optional<Running> recognizeKubernetes(ProcessHandle handle, List<String> arguments) {
    String program = arguments.getFirst().replaceAll(".*/", "");
    String place = "=" + dir.kubernetes() + "/";
    return KUBERNETES.contains(program) && arguments.stream().anyMatch(a -> a.contains(place))
        ? Optional.of(new Running(FIRST_NODE, program, handle))
        : Optional.empty();
  }

  private Optional<Running> recognizeSwtpm(ProcessHandle handle, List<String> arguments) {
    String start = "dir=" + dir.nodes() + "/";
    for (int i = 1; i + 1 < arguments.size(); i++) {
      String value = arguments.get(i + 1);
      if (arguments.get(i).equals("--tpmstate") && value.startsWith(start)) {
        String node = value.substring(start.length()).split("[/,]", -1)[0];
        return Optional.of(new Running(node, "swtpm", handle));
      }
    }
    return Optional.empty();
  }

  /** All words of the command line; the handle's own view is cut at a page on Linux. */
  private static List<String> arguments(ProcessHandle handle) {
    try {
      byte[] raw = Files.readAllBytes(Path.of("/proc/" + handle.pid() + "/cmdline"));
      return Arrays.asList(new String(raw, StandardCharsets.UTF_8).split("\0", -1));
    } catch (IOException e) {
      return handle.info().arguments().map(Arrays::asList).orElse(List.of(""));
    }
  }
}
