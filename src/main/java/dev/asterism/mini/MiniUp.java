package dev.asterism.mini;

import dev.asterism.attestation.Platform;
import dev.asterism.kubernetes.local.LocalPrograms;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.mini.NodeStatus.State;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Brings up a cluster on this machine, step by step, and says what it does. */
public final class MiniUp {
  private static final int STEPS = 5;

  /**
   * What to bring up.
   *
   * @param tamper the name of the node whose boot chain is changed
   * @param kubernetes the programs of a real API server; empty: stand-ins
   */
  public record Options(
      int controlPlanes,
      int workers,
      TpmKind tpm,
      Optional<String> tamper,
      Optional<LocalPrograms> kubernetes,
      Duration timeout) {}

  /** The cluster stands, whether it was brought up now or before. */
  public record Result(MiniStatus status, MiniPlan plan, boolean wasRunning) {
    /** Verifies the first node, ready to paste into a shell. */
    public String verifyCommand(MiniDir dir, Bytes clusterId) {
      return "./asterism verify --node-endpoint "
          + plan.first().address(Ports.VERIFY)
          + " --config "
          + quoted(dir.attestationConfig().toString())
          + " --cluster-id "
          + clusterId.hex();
    }
  }

  private static String quoted(String path) {
    return path.matches("[A-Za-z0-9_./-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }

  private final MiniDir dir;
  private final Processes processes;
  private final Platform platform;
  private final Progress progress;
  private final SecureRandom random;
  private final InstantSource clock;

  public MiniUp(
      MiniDir dir,
      RoleCommand command,
      Platform platform,
      Progress progress,
      SecureRandom random,
      InstantSource clock) {
    this.dir = dir;
    this.processes = new Processes(dir, command);
    this.platform = platform;
    this.progress = progress;
    this.random = random;
    this.clock = clock;
  }

  /**
   * @throws IOException if the cluster cannot be brought up; what was started is ended again
   */
  public Result run(Options options) throws IOException {
    refuseForeignDirectory();
    List<NodePlan> wanted = plannedNodes(options);
    if (options.tpm() == TpmKind.SWTPM && !Swtpm.installed()) {
      throw new IOException(
          "there is no swtpm on this machine: install it (apt-get install swtpm), or leave out"
              + " --tpm swtpm");
    }
    try (var _ = DirLock.take(dir)) {
      Optional<Result> running = alreadyRunning(wanted, options.tpm());
      if (running.isPresent()) {
        return running.get();
      }
      try {
        return bringUp(new MiniPlan(options.tpm(), wanted), options);
      } catch (IOException | RuntimeException e) {
        processes.stop(processes.running());
        throw e;
      }
    }
  }

  private void refuseForeignDirectory() throws IOException {
    if (Files.isDirectory(dir.root()) && !Files.exists(dir.plan())) {
      try (var files = Files.list(dir.root())) {
        if (files.anyMatch(f -> !f.equals(dir.lock()))) {
          throw new IOException(
              dir.root() + " holds other files: name an empty directory, or one of a mini cluster");
        }
      }
    }
  }

  /**
   * The cluster in the directory, if all of it is alive; a half-dead one is ended and explained.
   */
  private Optional<Result> alreadyRunning(List<NodePlan> wanted, TpmKind tpm) throws IOException {
    Optional<MiniPlan> plan = MiniPlan.read(dir);
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    List<Processes.Running> running = processes.running();
    MiniStatus status = MiniStatus.of(dir, plan.get(), processes);
    if (!running.isEmpty() && status.healthy()) {
      if (!plan.get().isLike(wanted, tpm)) {
        throw new IOException(
            "another cluster than you ask for is running in "
                + dir.root()
                + ": end it first ('mini down'), or name another --dir");
      }
      return Optional.of(new Result(status, plan.get(), true));
    }
    if (!running.isEmpty()) {
      for (NodeStatus node : status.nodes()) {
        if (node.state() != State.JOINED && node.state() != State.REFUSED) {
          progress.note(node.name() + " of the cluster here is " + why(node));
        }
      }
      progress.note("Ending its " + running.size() + " other processes and starting anew.");
      processes.stop(running);
    }
    return Optional.empty();
  }

  private static String why(NodeStatus node) {
    return node.state().id() + (node.reason().isEmpty() ? "" : ": " + node.reason());
  }

  private Result bringUp(MiniPlan wanted, Options options) throws IOException {
    CleanUp.run(dir);
    wanted.write(dir);
    var provisioning = new Provisioning(dir, processes, random, clock);

    progress.step(1, STEPS, "Switching on " + wanted.nodes().size() + " machines");
    provisioning.admin();
    var nodes = new ArrayList<NodePlan>();
    for (NodePlan node : wanted.nodes()) {
      NodePlan made = provisioning.machine(node, wanted.tpm());
      provisioning.metadata(made, Provisioning.apiServer(wanted), List.of());
      progress.node(
          node.name(),
          "vTPM ("
              + wanted.tpm().name().toLowerCase(java.util.Locale.ROOT)
              + "), measured boot"
              + (node.tampered() ? " of a tampered image" : "")
              + ", attestation key "
              + made.akName().substring(0, 12)
              + "…");
      nodes.add(made);
    }
    MiniPlan plan = new MiniPlan(wanted.tpm(), nodes);
    plan.write(dir);
    return cluster(plan, provisioning, options.kubernetes(), new Deadline(options.timeout()));
  }

  private Result cluster(
      MiniPlan plan,
      Provisioning provisioning,
      Optional<LocalPrograms> kubernetes,
      Deadline deadline)
      throws IOException {
    var roles = new Roles(dir, plan, processes);
    var admin = new MiniAdmin(dir, plan, platform, clock, random);

    NodePlan first = plan.first();
    progress.step(2, STEPS, "Bootstrapping " + first.name() + " over aTLS");
    roles.bootstrap(first);
    Bytes clusterId = admin.init(deadline, line -> progress.node(first.name(), line));
    progress.node(first.name(), "cluster " + clusterId.hex());

    progress.step(3, STEPS, "Starting key-service, join-service and verify-service");
    admin.configureServices(first);
    awaitState(plan, first, deadline);
    if (kubernetes.isPresent()) {
      new MiniKubernetes(dir, plan, processes, kubernetes.get(), random, clock).start(deadline);
      progress.node(first.name(), "kube-apiserver at " + Provisioning.apiServer(plan));
    }
    roles.services(first);
    progress.node(first.name(), "ready");

    progress.step(4, STEPS, "Joining " + (plan.nodes().size() - 1) + " nodes");
    join(plan, roles, admin, provisioning, deadline);

    progress.step(5, STEPS, "Verifying every node");
    MiniStatus status = MiniStatus.of(dir, plan, processes);
    for (NodeStatus node : status.nodes()) {
      progress.node(
          node.name(),
          node.state() == State.JOINED
              ? admin.verify(plan.node(node.name()), clusterId)
              : why(node));
    }
    return new Result(status, plan, false);
  }

  private void join(
      MiniPlan plan, Roles roles, MiniAdmin admin, Provisioning provisioning, Deadline deadline)
      throws IOException {
    var open = new LinkedHashMap<String, NodePlan>();
    var endpoints = new ArrayList<String>(List.of(plan.first().address(Ports.JOIN)));
    for (NodePlan node : plan.nodes().subList(1, plan.nodes().size())) {
      provisioning.metadata(node, Provisioning.apiServer(plan), endpoints);
      roles.bootstrap(node);
      open.put(node.name(), node);
    }
    while (!open.isEmpty()) {
      Map<String, NodeStatus> status = byName(MiniStatus.of(dir, plan, processes));
      NodeStatus first = status.get(plan.first().name());
      if (first != null && first.state() == State.FAILED) {
        throw new IOException(first.name() + " is " + why(first));
      }
      for (NodePlan node : List.copyOf(open.values())) {
        NodeStatus now = status.get(node.name());
        if (now == null) {
          continue;
        }
        if (now.state() == State.STARTING && now.reason().equals(MiniStatus.SERVICES_STARTING)) {
          if (node.role() == Role.CONTROL_PLANE) {
            admin.configureServices(node);
          }
          roles.services(node);
          progress.node(node.name(), "joined");
          open.remove(node.name());
        } else if (now.settled()) {
          progress.node(node.name(), why(now));
          open.remove(node.name());
        }
      }
      if (!open.isEmpty() && deadline.passed()) {
        throw new IOException(
            "not joined in time: "
                + String.join(", ", open.keySet())
                + "; see the logs in "
                + dir.nodes());
      }
      Pause.millis(100);
    }
  }

  private void awaitState(MiniPlan plan, NodePlan node, Deadline deadline) throws IOException {
    while (true) {
      NodeStatus now = byName(MiniStatus.of(dir, plan, processes)).get(node.name());
      if (now != null && now.reason().equals(MiniStatus.SERVICES_STARTING)) {
        return;
      }
      if (now != null && now.settled()) {
        throw new IOException(node.name() + " is " + why(now));
      }
      if (deadline.passed()) {
        throw new IOException(node.name() + " was not initialized in time");
      }
      Pause.millis(100);
    }
  }

  private static Map<String, NodeStatus> byName(MiniStatus status) {
    return status.nodes().stream().collect(Collectors.toMap(NodeStatus::name, n -> n));
  }

  private List<NodePlan> plannedNodes(Options options) throws IOException {
    int count = options.controlPlanes() + options.workers();
    int port = PortRange.find(count * Ports.COUNT, random);
    var nodes = new ArrayList<NodePlan>();
    for (int i = 0; i < count; i++) {
      boolean controlPlane = i < options.controlPlanes();
      String name =
          controlPlane ? "control-plane-" + (i + 1) : "worker-" + (i - options.controlPlanes() + 1);
      nodes.add(
          new NodePlan(
              name,
              controlPlane ? Role.CONTROL_PLANE : Role.WORKER,
              options.tamper().filter(name::equals).isPresent(),
              port + i * Ports.COUNT,
              ""));
    }
    return nodes;
  }
}
