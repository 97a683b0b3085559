package dev.asterism.bootstrap;

import dev.asterism.disk.UnlockNews;
import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import java.io.IOException;
import java.nio.file.Path;

/** What a boot says of itself while its state disk is locked, where bootstrapping says it later. */
public final class DiskStatus implements UnlockNews {
  private final StatusReporter reporter;

  /**
   * @param file of the status; a later report of bootstrapping replaces it
   */
  public DiskStatus(Path file) {
    reporter = new StatusReporter(file);
  }

  /**
   * Waits until the host says what this instance is; its word may come late.
   *
   * @throws IOException if it does not come
   */
  public Instance self(Metadata metadata) throws InterruptedException, IOException {
    return MetadataWait.STANDARD.self(metadata, reporter);
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
