package dev.asterism.bootstrap;

import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** What a boot says of itself while its state disk is locked, where bootstrapping says it later. */
public final class DiskStatus implements Consumer<String> {
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
        reporter.starting("waiting for the instance's metadata: " + Texts.reason(e));
        Thread.sleep(METADATA_PAUSE);
      }
    }
  }

  /** What stands in the way of the disk's key. */
  @Override
  public void accept(String news) {
    reporter.starting("waiting for the disk's key: " + news);
  }
}
