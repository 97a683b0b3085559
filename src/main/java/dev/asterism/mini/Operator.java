package dev.asterism.mini;

import java.io.IOException;
import java.nio.file.Path;

/** What the operator in the cluster does about its machines. */
@FunctionalInterface
public interface Operator {
  /**
   * A machine is dead: others need not wait any longer until it has joined.
   *
   * @param objects where the cluster's objects are
   */
  void gone(Path objects, String node) throws IOException;
}
