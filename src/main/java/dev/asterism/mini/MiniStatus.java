package dev.asterism.mini;

import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.TpmKind;
import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.NodePaths;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a mini cluster looks like now, from its processes, what its nodes say of themselves, and the
 * audit records of its join-services.
 *
 * @param clusterId 32 bytes; empty before init
 */
public record MiniStatus(Optional<Bytes> clusterId, List<NodeStatus> nodes) {
  public MiniStatus {
    nodes = List.copyOf(nodes);
  }

  /** A joined node's reason between joining and the start of its services. */
  static final String SERVICES_STARTING = "services are starting";

  /** {@code {"clusterId", "nodes": [{"name", "role", "state", "reason", "checks"?}]}}. */
  public ObjectNode toJson() {
    ObjectNode json = Json.newObject();
    json.put("clusterId", clusterId.map(Bytes::hex).orElse(null));
    var list = json.putArray("nodes");
    for (NodeStatus node : nodes) {
      ObjectNode entry =
          list.addObject()
              .put("name", node.name())
              .put("role", node.role().id())
              .put("state", node.state().id())
              .put("reason", node.reason());
      if (!node.checks().isEmpty()) {
        node.checks().forEach(entry.putArray("checks")::add);
      }
    }
    return json;
  }

  /**
   * Whether every node that was there from the beginning has come to rest with all its processes
   * alive, or was switched off.
   */
  boolean healthy(MiniPlan plan) {
    return nodes.stream().filter(n -> !plan.node(n.name()).added()).allMatch(MiniStatus::isAtRest);
  }

  private static boolean isAtRest(NodeStatus node) {
    return switch (node.state()) {
      case JOINED, REFUSED, STOPPED -> true;
      case STARTING, FAILED -> false;
    };
  }

  Optional<NodeStatus> node(String name) {
    return nodes.stream().filter(n -> n.name().equals(name)).findAny();
  }

  /** Where nodes that join now find a join-service. */
  List<String> joinEndpoints(MiniPlan plan) {
    return nodes.stream()
        .filter(n -> n.role() == Role.CONTROL_PLANE && n.state() == NodeStatus.State.JOINED)
        .map(n -> plan.node(n.name()).address(MiniPlan.Ports.JOIN))
        .toList();
  }

  static MiniStatus of(MiniDir dir, MiniPlan plan, Processes processes) throws IOException {
    List<Processes.Running> running = processes.running();
    var reasons = new RefusalReasons(dir, plan);
    boolean hosts = running.stream().anyMatch(r -> r.node().equals(MetadataHost.OWNER));
    var nodes = new java.util.ArrayList<NodeStatus>();
    Optional<Bytes> clusterId = Optional.empty();
    for (NodePlan node : plan.nodes()) {
      Optional<BootstrapStatus> said = said(dir, node);
      if (clusterId.isEmpty()) {
        clusterId = said.map(BootstrapStatus::clusterId);
      }
      Set<String> alive =
          running.stream()
              .filter(r -> r.node().equals(node.name()))
              .map(Processes.Running::role)
              .collect(Collectors.toSet());
      nodes.add(judge(dir, plan, node, said, alive, hosts, reasons));
    }
    return new MiniStatus(clusterId, nodes);
  }

  /** The status of the cluster in {@code dir}; empty where there is none. */
  public static Optional<MiniStatus> read(MiniDir dir, RoleCommand command) throws IOException {
    Optional<MiniPlan> plan = MiniPlan.read(dir);
    return plan.isEmpty()
        ? Optional.empty()
        : Optional.of(of(dir, plan.get(), new Processes(dir, command)));
  }

  private static NodeStatus judge(
      MiniDir dir,
      MiniPlan plan,
      NodePlan node,
      Optional<BootstrapStatus> said,
      Set<String> alive,
      boolean hosts,
      RefusalReasons reasons)
      throws IOException {
    if (Files.exists(dir.stopped())) {
      return failed(node, "the cluster is down; 'mini up' starts it anew");
    }
    if (Files.exists(dir.node(node.name()).off())) {
      return status(
          node, NodeStatus.State.STOPPED, "'mini start " + node.name() + "' switches it on");
    }
    if (plan.platform().isCloud() && !hosts) {
      return failed(node, "the host's metadata service is not running");
    }
    if (plan.tpm() == TpmKind.SWTPM && !alive.contains("swtpm")) {
      return failed(node, "its swtpm is not running");
    }
    BootstrapStatus.State state =
        said.map(BootstrapStatus::state).orElse(BootstrapStatus.State.STARTING);
    if (state == BootstrapStatus.State.FAILED) {
      return failed(node, said.orElseThrow().reason());
    }
    if (state == BootstrapStatus.State.JOINED) {
      return joined(dir.node(node.name()), node, alive);
    }
    Optional<RefusalReasons.Refusal> refusal = reasons.of(node);
    if (refusal.isPresent()) {
      return new NodeStatus(
          node.name(),
          node.role(),
          NodeStatus.State.REFUSED,
          refusal.get().reason(),
          refusal.get().checks());
    }
    if (!alive.contains("bootstrap")) {
      return failed(node, "bootstrap is not running; see " + dir.node(node.name()).logs());
    }
    return state == BootstrapStatus.State.REFUSED
        ? status(node, NodeStatus.State.REFUSED, said.orElseThrow().reason())
        : status(node, NodeStatus.State.STARTING, said.map(BootstrapStatus::reason).orElse(""));
  }

  private static NodeStatus joined(NodeDir place, NodePlan node, Set<String> alive) {
    if (!Files.exists(place.servicesStarted())) {
      return status(node, NodeStatus.State.STARTING, SERVICES_STARTING);
    }
    for (String service : services(node.role())) {
      if (!alive.contains(service)) {
        return failed(node, service + " is not running; see " + place.logs());
      }
    }
    return status(node, NodeStatus.State.JOINED, "");
  }

  /** What runs on a node of that role once it has joined. */
  static List<String> services(Role role) {
    return switch (role) {
      case CONTROL_PLANE -> List.of("key-service", "join-service", "verify-service");
      case WORKER -> List.of("verify-service");
    };
  }

  private static Optional<BootstrapStatus> said(MiniDir dir, NodePlan node) throws IOException {
    return BootstrapStatus.read(new NodePaths(dir.node(node.name()).fileSystem()).status());
  }

  private static NodeStatus failed(NodePlan node, String reason) {
    return status(node, NodeStatus.State.FAILED, reason);
  }

  private static NodeStatus status(NodePlan node, NodeStatus.State state, String reason) {
    return new NodeStatus(node.name(), node.role(), state, reason);
  }
}
