package dev.asterism.mini;

import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.NodeStatus.State;
import dev.asterism.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Sees nodes join, and starts on each what runs there once it has. Whatever dies meanwhile, the
 * rest goes on as long as one control plane is left.
 */
final class Joining {
  private static final String WAITS = "waits for approval";

  private final MiniDir dir;
  private final MiniPlan plan;
  private final Processes processes;
  private final Roles roles;
  private final MiniContext context;
  private final Set<String> gone = new HashSet<>();

  Joining(MiniDir dir, MiniPlan plan, Processes processes, MiniContext context) {
    this.dir = dir;
    this.plan = plan;
    this.processes = processes;
    this.roles = new Roles(dir, plan, processes);
    this.context = context;
  }

  /** Told when the set of join-services changes. */
  @FunctionalInterface
  interface Hosts {
    /** Their hosts do not tell the nodes anything new. */
    Hosts SILENT = (node, endpoints) -> {};

    void tell(NodePlan node, List<String> joinEndpoints) throws IOException;
  }

  /**
   * Returns when all of them have come to rest; those that failed are told, not thrown.
   *
   * @throws IOException if no control plane is left, or the time is over
   */
  void await(List<NodePlan> nodes, Hosts hosts, Deadline deadline) throws IOException {
    Map<String, NodePlan> open = new LinkedHashMap<>();
    nodes.forEach(node -> open.put(node.name(), node));
    List<String> endpoints = List.of();
    while (!open.isEmpty()) {
      MiniStatus status = MiniStatus.of(dir, plan, processes);
      bury(status);
      List<String> now = status.joinEndpoints(plan);
      if (now.isEmpty()) {
        NodeStatus first = status.nodes().getFirst();
        throw new IOException("no control plane is left; " + first.name() + " is " + first.why());
      }
      if (!now.equals(endpoints)) {
        endpoints = now;
        for (NodePlan node : open.values()) {
          hosts.tell(node, endpoints);
        }
      }
      for (NodePlan node : List.copyOf(open.values())) {
        status.node(node.name()).ifPresent(one -> look(node, one, open));
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

  private final Set<String> waiting = new HashSet<>();

  private void look(NodePlan node, NodeStatus now, Map<String, NodePlan> open) {
    if (now.state() == State.STARTING && now.reason().equals(MiniStatus.SERVICES_STARTING)) {
      open.remove(node.name());
      try {
        roles.services(node);
        context.progress().node(node.name(), "joined");
      } catch (IOException e) {
        context.progress().node(node.name(), "joined, but " + e.getMessage());
      }
    } else if (now.settled()) {
      open.remove(node.name());
      context.progress().node(node.name(), now.why());
    } else if (now.reason().contains(WAITS) && waiting.add(node.name())) {
      context.progress().node(node.name(), now.reason());
    }
  }

  /** A control plane that died on its way would keep the others waiting. */
  private void bury(MiniStatus status) throws IOException {
    for (NodeStatus node : status.nodes()) {
      if (node.role() == Role.CONTROL_PLANE
          && node.state() == State.FAILED
          && gone.add(node.name())) {
        if (Files.exists(dir.kubeconfig())) {
          MiniKubernetes.gone(dir, node.name());
        } else {
          context.operator().gone(dir.objects(), node.name());
        }
      }
    }
  }
}
