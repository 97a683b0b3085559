package dev.asterism.mini;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.kubernetes.local.LocalPrograms;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.mini.NodeStatus.State;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings up a cluster on this machine, step by step, and says what it does. */
public final class MiniUp {
  private static final int STEPS = 5;

  /**
   * What to bring up.
   *
   * @param tamper the name of the node whose boot chain is changed
   * @param forge the name of the node whose evidence has one binding of another machine
   * @param outdated whether the maker of the machines calls them out of date before the last joins
   * @param kubernetes the programs of a real API server; empty: stand-ins
   */
  public record Options(
      int controlPlanes,
      int workers,
      MiniPlatform platform,
      TpmKind tpm,
      Optional<String> tamper,
      Optional<String> forge,
      boolean outdated,
      Optional<LocalPrograms> kubernetes,
      Duration timeout) {}

  /** The cluster stands, whether it was brought up now or before. */
  public record Result(MiniStatus status, MiniPlan plan, boolean wasRunning) {
    /** Verifies the first node, ready to paste into a shell. */
    public String verifyCommand(MiniDir dir, Bytes clusterId) {
      return "./asterism verify --node-endpoint "
          + plan.first().address(Ports.VERIFY)
          + " --config "
          + ShellText.quoted(dir.attestationConfig())
          + EvidenceArguments.ofVerify(dir, plan)
          + " --cluster-id "
          + clusterId.hex();
    }

    /** Whether every node has come to rest as it should. */
    public boolean complete() {
      return status.healthy(plan);
    }
  }

  private final MiniDir dir;
  private final Processes processes;
  private final MiniContext context;
  private final Progress progress;
  private final MeasuredBoot image;
  private final @Nullable CertificateAuthority akAuthority;

  public MiniUp(MiniDir dir, MiniContext context) {
    this(dir, context, MeasuredBoot.reference(), null);
  }

  /**
   * The same of another image.
   *
   * @param akAuthority who certifies the machines' attestation keys; null: a new one
   */
  MiniUp(
      MiniDir dir,
      MiniContext context,
      MeasuredBoot image,
      @Nullable CertificateAuthority akAuthority) {
    this.dir = dir;
    this.processes = new Processes(dir, context.command());
    this.context = context;
    this.progress = context.progress();
    this.image = image;
    this.akAuthority = akAuthority;
  }

  /**
   * @throws IOException if the cluster cannot be brought up; what was started is ended again
   */
  public Result run(Options options) throws IOException {
    refuseForeignDirectory();
    var plan =
        new MiniPlan(options.platform(), options.tpm(), PlannedNodes.of(options, context.random()));
    if (options.tpm() == TpmKind.SWTPM && !Swtpm.installed()) {
      throw new IOException(
          "there is no swtpm on this machine: install it (apt-get install swtpm), or leave out"
              + " --tpm swtpm");
    }
    try (var _ = DirLock.take(dir)) {
      Optional<Result> running = alreadyRunning(plan);
      if (running.isPresent()) {
        return running.get();
      }
      try {
        return bringUp(plan, options);
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
  private Optional<Result> alreadyRunning(MiniPlan wanted) throws IOException {
    Optional<MiniPlan> plan = MiniPlan.read(dir);
    if (plan.isEmpty()) {
      return Optional.empty();
    }
    List<Processes.Running> running = processes.running();
    MiniStatus status = MiniStatus.of(dir, plan.get(), processes);
    if (!running.isEmpty() && status.healthy(plan.get())) {
      if (!plan.get().isLike(wanted)) {
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
          progress.note(node.name() + " of the cluster here is " + node.why());
        }
      }
      progress.note("Ending its " + running.size() + " other processes and starting anew.");
      processes.stop(running);
    }
    var rogues = new Processes(dir.rogue(), context.command());
    rogues.stop(rogues.running());
    return Optional.empty();
  }

  private Result bringUp(MiniPlan wanted, Options options) throws IOException {
    CleanUp.run(dir);
    wanted.write(dir);
    var provisioning = new Provisioning(dir, context.random(), machines(wanted));

    progress.step(1, STEPS, "Switching on " + wanted.nodes().size() + " machines");
    provisioning.admin();
    var nodes = new ArrayList<NodePlan>();
    for (NodePlan node : wanted.nodes()) {
      NodePlan made = provisioning.machine(node);
      provisioning.metadata(made, made.name(), Provisioning.apiServer(wanted), List.of());
      progress.node(node.name(), provisioning.describe(made));
      nodes.add(made);
    }
    MiniPlan plan = new MiniPlan(wanted.platform(), wanted.tpm(), nodes);
    plan.write(dir);
    new Roles(dir, plan, processes).hosts();
    return cluster(plan, provisioning, options);
  }

  private Machines machines(MiniPlan plan) {
    return MachineRoom.of(dir, plan, processes, context, image, akAuthority);
  }

  private Result cluster(MiniPlan plan, Provisioning provisioning, Options options)
      throws IOException {
    var deadline = new Deadline(options.timeout());
    var roles = new Roles(dir, plan, processes);
    var admin = new MiniAdmin(dir, plan, context.platform(plan), context.clock(), context.random());

    NodePlan first = plan.first();
    progress.step(2, STEPS, "Bootstrapping " + first.name() + " over aTLS");
    roles.bootstrap(first);
    Bytes clusterId = admin.init(deadline, line -> progress.node(first.name(), line));
    progress.node(first.name(), "cluster " + clusterId.hex());

    progress.step(3, STEPS, "Starting key-service, join-service and verify-service");
    admin.configureServices();
    awaitInitialized(plan, first, deadline);
    if (options.kubernetes().isPresent()) {
      LocalPrograms programs = options.kubernetes().get();
      new MiniKubernetes(dir, plan, processes, programs, context.random(), context.clock())
          .start(deadline);
      progress.node(first.name(), "kube-apiserver at " + Provisioning.apiServer(plan));
    }
    roles.services(first);
    progress.node(first.name(), "ready");

    progress.step(4, STEPS, "Joining " + (plan.nodes().size() - 1) + " nodes");
    List<NodePlan> others = plan.nodes().subList(1, plan.nodes().size());
    if (options.outdated() && !others.isEmpty()) {
      join(plan, others.subList(0, others.size() - 1), provisioning, deadline);
      provisioning.outdate();
      progress.note("The maker of the machines now calls all of them out of date.");
      others = List.of(others.getLast());
    }
    join(plan, others, provisioning, deadline);

    progress.step(5, STEPS, "Verifying every node");
    MiniStatus status = MiniStatus.of(dir, plan, processes);
    for (NodeStatus node : status.nodes()) {
      progress.node(node.name(), verified(admin, plan, node, clusterId));
    }
    return new Result(MiniStatus.of(dir, plan, processes), plan, false);
  }

  private void join(
      MiniPlan plan, List<NodePlan> nodes, Provisioning provisioning, Deadline deadline)
      throws IOException {
    var roles = new Roles(dir, plan, processes);
    List<String> endpoints = MiniStatus.of(dir, plan, processes).joinEndpoints(plan);
    for (NodePlan node : nodes) {
      provisioning.joinEndpoints(node, endpoints);
      roles.bootstrap(node);
    }
    new Joining(dir, plan, processes, context).await(nodes, provisioning::joinEndpoints, deadline);
  }

  private static String verified(MiniAdmin admin, MiniPlan plan, NodeStatus node, Bytes clusterId) {
    if (node.state() != State.JOINED) {
      return node.why();
    }
    try {
      return admin.verify(plan.node(node.name()), clusterId);
    } catch (IOException e) {
      // It died just now: the table at the end says how the nodes are.
      return "not verified: " + e.getMessage();
    }
  }

  private void awaitInitialized(MiniPlan plan, NodePlan node, Deadline deadline)
      throws IOException {
    while (true) {
      NodeStatus now = MiniStatus.of(dir, plan, processes).node(node.name()).orElseThrow();
      if (now.reason().equals(MiniStatus.SERVICES_STARTING)) {
        return;
      }
      if (now.settled()) {
        throw new IOException(node.name() + " is " + now.why());
      }
      if (deadline.passed()) {
        throw new IOException(node.name() + " was not initialized in time");
      }
      Pause.millis(100);
    }
  }
}
