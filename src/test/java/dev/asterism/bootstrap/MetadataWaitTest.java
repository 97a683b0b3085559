package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.BootstrapStatus;
import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.FakeMetadata;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataWaitTest {
  private static final MetadataWait SHORT =
      new MetadataWait(Duration.ofMillis(10), Duration.ofMillis(40), Duration.ofMillis(400));

  @TempDir private Path folder;
  private StatusReporter status;

  @BeforeEach
  void start() {
    status = new StatusReporter(folder.resolve("status.json"));
  }

  /** Says nothing at the first calls. */
  private static final class Late implements Metadata {
    private final Metadata behind = new FakeMetadata(Role.WORKER);
    private final List<Long> asked = new ArrayList<>();
    private final int silent;

    Late(int silent) {
      this.silent = silent;
    }

    @Override
    public Instance self() throws IOException {
      asked.add(System.nanoTime());
      if (asked.size() <= silent) {
        throw new IOException("set the tag");
      }
      return behind.self();
    }

    @Override
    public List<String> joinEndpoints() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public String apiServerEndpoint() {
      throw new AssertionError("nobody asks");
    }

    @Override
    public Optional<String> initSecretHash() {
      throw new AssertionError("nobody asks");
    }
  }

  @Test
  void waitsForAHostThatComesLateLongerEachTime() throws Exception {
    var late = new Late(4);

    assertEquals("node-1", SHORT.self(late, status).name());

    assertEquals(5, late.asked.size());
    long first = late.asked.get(1) - late.asked.getFirst();
    long fourth = late.asked.get(4) - late.asked.get(3);
    assertTrue(first >= Duration.ofMillis(10).toNanos(), first + " ns");
    assertTrue(fourth >= Duration.ofMillis(40).toNanos(), fourth + " ns");
  }

  @Test
  void saysWhatItWaitsFor() {
    var _ = assertThrows(IOException.class, () -> SHORT.self(new Late(1000), status));

    BootstrapStatus last = status.last();
    assertEquals(BootstrapStatus.State.STARTING, last.state());
    assertEquals("waiting for the instance's metadata: set the tag", last.reason());
  }

  @Test
  void givesUpWhenItsTimeIsUp() {
    var late = new Late(1000);

    var e = assertThrows(IOException.class, () -> SHORT.self(late, status));

    assertEquals(
        "the instance's metadata could not be had for 0 s; at last: set the tag", e.getMessage());
    assertTrue(late.asked.size() > 3, late.asked.size() + " tries");
    assertTrue(late.asked.size() < 20, late.asked.size() + " tries");
  }
}
