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

  /**
   * Switches one on that is off: registers and log begin anew, keys stay.
   *
   * @throws IOException also where {@link #refuseReboot} does
   */
  void boot(NodePlan node, NodeDir place) throws IOException;

  /**
   * @throws IOException where a machine of this kind that was switched off is another one after
   */
  default void refuseReboot() throws IOException {}

  /** One in words. */
  String describe(NodePlan node);

  /**
   * From now on their maker says that all of them are out of date.
   *
   * @throws IOException also where they have no maker who could say so
   */
  void outdate() throws IOException;
}
