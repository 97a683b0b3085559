package dev.asterism.mini;

import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.node.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** The nodes that a new cluster is to have: names, roles, ports. */
final class PlannedNodes {
  private PlannedNodes() {}

  /** Control planes first, the one that is to be initialized before all. */
  static List<NodePlan> of(MiniUp.Options options, RandomGenerator random) throws IOException {
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
              options.forge().filter(name::equals).isPresent(),
              port + i * Ports.COUNT,
              "",
              MiniPlan.Origin.PLANNED));
    }
    return nodes;
  }
}
