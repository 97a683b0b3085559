package dev.asterism.mini;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;

/** Ends the processes of a mini cluster, and nothing else; its files stay for a look. */
public final class MiniDown {
  private final MiniDir dir;
  private final Processes processes;
  private final Processes rogues;

  public MiniDown(MiniDir dir, RoleCommand command) {
    this.dir = dir;
    this.processes = new Processes(dir, command);
    this.rogues = new Processes(dir.rogue(), command);
  }

  /** Returns how many processes it ended. */
  public int run() throws IOException {
    if (!Files.exists(dir.plan())) {
      return 0;
    }
    try (var _ = DirLock.take(dir)) {
      var running = new ArrayList<>(processes.running());
      running.addAll(rogues.running());
      Files.writeString(dir.stopped(), "");
      processes.stop(running);
      return running.size();
    }
  }
}
