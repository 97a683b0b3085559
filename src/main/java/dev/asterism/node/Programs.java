package dev.asterism.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Runs other programs of the node, in an environment of their own. What they complain about is
 * logged, so that it is in the journal that an admin gets when an init fails; their output is not.
 */
public final class Programs {
  private static final System.Logger LOG = System.getLogger(Programs.class.getName());

  private final Map<String, String> environment;

  /**
   * @param environment all of it
   */
  public Programs(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Runs one to its end.
   *
   * @param line the program and its arguments, which every user may see
   * @return its standard output
   * @throws IOException if it cannot be started, fails, with the end of its standard error, or is
   *     not done in time
   */
  public String run(List<String> line, Duration deadline) throws IOException {
    Path program = Path.of(line.getFirst());
    return new Command(line, environment, deadline)
        .output(text -> LOG.log(System.Logger.Level.INFO, "{0}: {1}", program.getFileName(), text));
  }
}
