package dev.asterism.bootstrap;

import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.rpc.Failures;
import java.io.IOException;
import java.time.Duration;

/**
 * Waits until the host says what this instance is. Its service may come up later than the node, and
 * an operator may have to set a tag; but nobody waits for ever.
 *
 * @param first pause; the next ones are twice as long each
 * @param longest pause
 * @param whole time
 */
record MetadataWait(Duration first, Duration longest, Duration whole) {
  static final MetadataWait STANDARD =
      new MetadataWait(Duration.ofSeconds(1), Duration.ofSeconds(15), Duration.ofMinutes(10));

  /**
   * This instance; the status says what is waited for.
   *
   * @throws IOException if it is not known after the whole time, saying why
   */
  Instance self(Metadata metadata, StatusReporter status) throws InterruptedException, IOException {
    long end = System.nanoTime() + whole.toNanos();
    Duration pause = first;
    while (true) {
      try {
        Instance self = metadata.self();
        status.role(self.role());
        return self;
      } catch (IOException e) {
        status.starting("waiting for the instance's metadata: " + Failures.reason(e));
        if (System.nanoTime() + pause.toNanos() >= end) {
          throw new IOException(
              "the instance's metadata could not be had for "
                  + whole.toSeconds()
                  + " s; at last: "
                  + Failures.reason(e),
              e);
        }
        Thread.sleep(pause);
        Duration next = pause.multipliedBy(2);
        pause = next.compareTo(longest) > 0 ? longest : next;
      }
    }
  }
}
