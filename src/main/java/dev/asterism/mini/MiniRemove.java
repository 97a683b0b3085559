package dev.asterism.mini;

import dev.asterism.mini.MiniPlan.NodePlan;
import java.io.IOException;

/** Switches a machine off that was added, and forgets it. The cluster's own records stay. */
public final class MiniRemove {
  private final MiniDir dir;
  private final RunningCluster cluster;

  public MiniRemove(MiniDir dir, MiniContext context) {
    this.dir = dir;
    this.cluster = new RunningCluster(dir, context);
  }

  public void run(String name) throws IOException {
    try (var _ = DirLock.take(dir)) {
      MiniPlan plan = cluster.plan();
      NodePlan node = cluster.node(plan, name);
      if (!node.added()) {
        throw new IOException(name + " was not added: 'mini down' ends the whole cluster");
      }
      cluster.switchOff(node);
      plan.without(node).write(dir);
      CleanUp.delete(dir.node(name).root());
    }
  }
}
