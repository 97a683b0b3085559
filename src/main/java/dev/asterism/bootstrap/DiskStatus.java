package dev.asterism.bootstrap;

import dev.asterism.disk.UnlockNews;
import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.rpc.Failures;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What a boot says of itself while its state disk is locked, where bootstrapping says it later. */
public final class DiskStatus implements UnlockNews {
  private static final Duration METADATA_PAUSE = Duration.ofSeconds(5);

  private final StatusReporter reporter;

  /**
   * @param file of the status; a later report of bootstrapping replaces it
   */
  public DiskStatus(Path file) {
    reporter = new StatusReporter(file);
  }

  /** Waits until the host says what this instance is; its word may come late. */
  public Instance self(Metadata metadata) throws InterruptedException {
    while (true) {
      try {
        Instance self = metadata.self();
        reporter.role(self.role());
        return self;
      } catch (IOException e) {
        reporter.starting("waiting for the instance's metadata: " + Failures.reason(e));
        Thread.sleep(METADATA_PAUSE);
      }
    }
  }

  @Override
  public void waiting(String why) {
    reporter.starting("waiting for the disk's key: " + why);
  }

  @Override
  public void refused(String why) {
    reporter.refused("no disk's key: " + why);
  }
}
