package dev.asterism.cli;

import dev.asterism.disk.StateDisk;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import java.io.IOException;

/** State disk and init system of a node that bootstraps. */
interface NodeMachine {
  NodePaths paths();

  NodeServices services();

  /** The open disk. */
  StateDisk disk() throws IOException;
}
