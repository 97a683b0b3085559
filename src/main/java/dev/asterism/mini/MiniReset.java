package dev.asterism.mini;

import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Switches one machine off and on again with an empty disk, so that it must join again. */
public final class MiniReset {
  private final MiniDir dir;
  private final MiniContext context;
  private final RunningCluster cluster;

  public MiniReset(MiniDir dir, MiniContext context) {
    this.dir = dir;
    this.context = context;
    this.cluster = new RunningCluster(dir, context);
  }

  /**
   * @return how the cluster is when the node has joined again, or was refused
   */
  public MiniStatus run(String name, Duration timeout) throws IOException {
    MiniPlan plan;
    NodePlan node;
    try (var _ = DirLock.take(dir)) {
      plan = cluster.plan();
      node = cluster.node(plan, name);
      String own = node.address(MiniPlan.Ports.JOIN);
      var others = cluster.joinEndpoints(plan).stream().filter(e -> !e.equals(own)).toList();
      if (others.isEmpty()) {
        throw new IOException(name + " is the only control plane: nobody could let it in again");
      }
      Provisioning provisioning = cluster.provisioning(plan);
      provisioning.refuseReboot();
      cluster.switchOff(node);
      NodeDir place = dir.node(name);
      CleanUp.delete(place.fileSystem());
      Files.deleteIfExists(place.servicesStarted());
      provisioning.boot(node);
      provisioning.joinEndpoints(node, others);
      context.progress().node(name, "is off and on again, with an empty disk");
      new Roles(dir, plan, cluster.processes()).bootstrap(node);
    }
    return cluster.await(plan, node, new Deadline(timeout));
  }
}
