package dev.asterism.node;

import java.io.IOException;
import java.util.stream.Stream;

/** The init system of the node. */
public interface NodeServices {
  /** Starts the kubelet, which runs on after this process. */
  void startKubelet() throws IOException;

  /** Asks for a reboot; returns once it is asked for. */
  void reboot(String reason) throws IOException;

  /** The journal of this boot, line by line, for the admin whose init failed; close it. */
  Stream<String> journal() throws IOException;
}
