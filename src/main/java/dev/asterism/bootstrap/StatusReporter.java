package dev.asterism.bootstrap;

import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.BootstrapStatus.State;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells the log and the status file what bootstrapping is at; never holds it up. */
final class StatusReporter {
  private static final System.Logger LOG = System.getLogger(StatusReporter.class.getName());

  private final Path file;
  private @Nullable Role role;
  private @Nullable Bytes clusterId;
  private BootstrapStatus last = new BootstrapStatus(State.STARTING, "", null, null);

  StatusReporter(Path file) {
    this.file = file;
  }

  /** What all later reports carry. */
  synchronized void role(Role ofThisNode) {
    role = ofThisNode;
  }

  /** What all later reports carry. */
  synchronized void cluster(Bytes id) {
    clusterId = id;
  }

  /** A phase of its own, or a reason that changes nothing. */
  void starting(String reason) {
    report(System.Logger.Level.INFO, State.STARTING, reason);
  }

  void refused(String reason) {
    report(System.Logger.Level.WARNING, State.REFUSED, reason);
  }

  void joined(String reason) {
    report(System.Logger.Level.INFO, State.JOINED, reason);
  }

  void failed(String reason) {
    report(System.Logger.Level.ERROR, State.FAILED, reason);
  }

  synchronized BootstrapStatus last() {
    return last;
  }

  private synchronized void report(System.Logger.Level level, State state, String reason) {
    var now = new BootstrapStatus(state, reason, role, clusterId);
    boolean news = !now.equals(last);
    last = now;
    // A node may wait for days.
    LOG.log(news ? level : System.Logger.Level.DEBUG, "bootstrap {0}: {1}", state.id(), reason);
    if (!news) {
      return;
    }
    try {
      now.write(file);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "the status file cannot be written", e);
    }
  }
}
