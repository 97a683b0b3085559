package dev.asterism.mini;

import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** Machines of one platform, and who vouches for them. */
interface Machines {
  /** Writes what the admin has of those who vouch. */
  void admin() throws IOException;

  /** The config by which their evidence is judged. */
  ObjectNode attestationConfig();

  /**
   * Builds one and switches it on.
   *
   * @return what its evidence calls it
   */
  String build(NodePlan node, NodeDir place) throws IOException;

  /** One in words. */
  String describe(NodePlan node);

  /** From now on their maker says that all of them are out of date. */
  void outdate() throws IOException;
}
