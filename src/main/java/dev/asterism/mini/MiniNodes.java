package dev.asterism.mini;

import dev.asterism.admin.Endpoint;
import dev.asterism.admin.RecoverNodes;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.MasterSecret;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.node.NodePaths;
import dev.asterism.node.Role;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Switches single nodes of a mini cluster off and on, and brings back what waits for a key. */
public final class MiniNodes {
  private static final int CONFIG_LIMIT = 1024 * 1024;
  private static final Duration CALL = Duration.ofSeconds(60);

  /** Mini's nodes listen before anybody is told that they wait. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final MiniDir dir;
  private final Processes processes;
  private final MiniPlan plan;
  private final MiniContext context;
  private final Progress progress;

  /**
   * @throws IOException if there is no cluster that is up
   */
  public MiniNodes(MiniDir dir, MiniContext context) throws IOException {
    this.dir = dir;
    this.processes = new Processes(dir, context.command());
    this.context = context;
    this.progress = context.progress();
    this.plan =
        MiniPlan.read(dir)
            .filter(_ -> !Files.exists(dir.stopped()))
            .orElseThrow(() ->
                new IOException(
                    "no mini cluster is up in " + dir.root() + "; 'asterism mini up' makes one"));
  }

  /**
   * Switches a node off, as by its power button.
   *
   * @return how many processes it ended
   */
  public int stop(String name) throws IOException {
    NodePlan node = node(name);
    try (var _ = DirLock.take(dir)) {
      List<Processes.Running> running =
          processes.running().stream().filter(one -> one.node().equals(node.name())).toList();
      Files.writeString(dir.node(name).off(), "");
      processes.stop(running);
      return running.size();
    }
  }

  /**
   * Switches a node on, and waits until it is a member again, or for nothing but an admin.
   *
   * @return its status then
   */
  public NodeStatus start(String name, Duration timeout) throws IOException {
    NodePlan node = node(name);
    NodeDir place = dir.node(name);
    try (var _ = DirLock.take(dir)) {
      if (!Files.exists(place.off())) {
        throw new IOException(name + " is on; 'mini stop " + name + "' switches it off");
      }
      Provisioning provisioning = new RunningCluster(dir, context).provisioning(plan);
      provisioning.refuseReboot();
      // What lay in memory.
      deleteRun(new NodePaths(place.fileSystem()));
      Files.deleteIfExists(place.servicesStarted());
      provisioning.boot(node);
      tellJoinEndpoints(node);
      Files.delete(place.off());
      var roles = new Roles(dir, plan, processes);
      roles.bootstrap(node);
      return await(node, roles, new Deadline(timeout));
    }
  }

  /**
   * Brings the master secret to every control plane that waits for it, and waits until those are
   * members again.
   *
   * @return how many there were
   */
  public int recover(Duration timeout) throws IOException {
    try (var _ = DirLock.take(dir)) {
      List<NodePlan> waiting = new ArrayList<>();
      for (NodePlan node : plan.nodes()) {
        if (node.role() == Role.CONTROL_PLANE
            && status(node).state() == NodeStatus.State.STARTING) {
          waiting.add(node);
        }
      }
      List<RecoverNodes.Result> results = bringSecret(waiting);
      var roles = new Roles(dir, plan, processes);
      var deadline = new Deadline(timeout);
      int recovered = 0;
      for (int i = 0; i < waiting.size(); i++) {
        NodePlan node = waiting.get(i);
        Exception failure = results.get(i).failure();
        if (failure != null) {
          progress.node(node.name(), String.valueOf(failure.getMessage()));
        } else if (results.get(i).recovered() > 0) {
          recovered++;
          NodeStatus now = await(node, roles, deadline);
          progress.node(node.name(), now.state().id() + suffix(now));
        }
      }
      return recovered;
    }
  }

  private List<RecoverNodes.Result> bringSecret(List<NodePlan> waiting) throws IOException {
    try {
      MasterSecret master = MasterSecret.fromJson(dir.masterSecret());
      try (Secret _ = master.key()) {
        var endpoints = new ArrayList<Endpoint>();
        for (NodePlan node : waiting) {
          endpoints.add(Endpoint.parse("node", node.address(Ports.RECOVERY), RecoverNodes.PORT));
        }
        var config =
            Json.object(
                "attestation config", AtomicFile.read(dir.attestationConfig(), CONFIG_LIMIT));
        return new RecoverNodes(context.clock(), progress::note)
            .run(
                new RecoverNodes.Plan(
                    endpoints, context.platform(plan).policy(config), master, PATIENCE, CALL));
      }
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Starts the services of a node that has become a member. */
  private NodeStatus await(NodePlan node, Roles roles, Deadline deadline) throws IOException {
    String said = "";
    while (true) {
      NodeStatus now = status(node);
      if (now.reason().equals(MiniStatus.SERVICES_STARTING)) {
        roles.services(node);
        return status(node);
      }
      boolean adminOnly = node.role() == Role.CONTROL_PLANE && now.reason().endsWith(NOBODY);
      if (now.settled() || adminOnly) {
        return now;
      }
      if (!now.reason().equals(said)) {
        said = now.reason();
        progress.node(node.name(), said);
      }
      if (deadline.passed()) {
        return now;
      }
      Pause.millis(100);
    }
  }

  /** What the rejoin client says where there is nobody it could ask. */
  private static final String NOBODY = "there is no other control plane to ask";

  /** The host tells a machine which others are there now. */
  private void tellJoinEndpoints(NodePlan node) throws IOException {
    var others = new ArrayList<String>();
    for (NodePlan other : plan.nodes()) {
      if (other.role() == Role.CONTROL_PLANE
          && !other.name().equals(node.name())
          && processes.running(other.name(), "join-service").isPresent()) {
        others.add(other.address(Ports.JOIN));
      }
    }
    Path file = dir.node(node.name()).metadata();
    try {
      var metadata = Json.object("metadata", AtomicFile.read(file, CONFIG_LIMIT));
      var endpoints = metadata.putArray("joinEndpoints");
      others.forEach(endpoints::add);
      AtomicFile.write(file, Json.pretty(metadata), AtomicFile.PUBLIC);
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** All below {@code /run} but the state disk's mount point. */
  private static void deleteRun(NodePaths paths) throws IOException {
    if (!Files.isDirectory(paths.runDirectory())) {
      return;
    }
    try (Stream<Path> files = Files.walk(paths.runDirectory())) {
      for (Path file :
          files
              .filter(one -> !one.startsWith(paths.stateDirectory()))
              .filter(one -> !paths.stateDirectory().startsWith(one))
              .sorted(Comparator.reverseOrder())
              .toList()) {
        Files.delete(file);
      }
    }
  }

  private NodeStatus status(NodePlan node) throws IOException {
    return MiniStatus.of(dir, plan, processes).nodes().stream()
        .filter(one -> one.name().equals(node.name()))
        .findAny()
        .orElseThrow();
  }

  private NodePlan node(String name) throws IOException {
    return plan.nodes().stream()
        .filter(one -> one.name().equals(name))
        .findAny()
        .orElseThrow(() ->
            new IOException(
                "there is no node "
                    + name
                    + "; there are "
                    + String.join(", ", plan.nodes().stream().map(NodePlan::name).toList())));
  }

  private static String suffix(NodeStatus status) {
    return status.reason().isEmpty() ? "" : ": " + status.reason();
  }
}
