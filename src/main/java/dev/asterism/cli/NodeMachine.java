package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.IssueException;
import dev.asterism.disk.StateDisk;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** State disk and init system of a node that bootstraps. */
interface NodeMachine {
  NodePaths paths();

  NodeServices services();

  /** Does what a boot does before bootstrapping, where nothing else has done it. */
  void prepare(Metadata metadata, @Nullable PeerVerification joinServices)
      throws IOException, MalformedException, IssueException, InterruptedException;

  /** The open disk. */
  StateDisk disk() throws IOException, MalformedException;
}
