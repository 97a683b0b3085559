package dev.asterism.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.crypto.TlsIdentity.Purpose;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsFilesTest {
  private static final Instant NOW = Instant.now();
  private static final Duration INTERVAL = Duration.ofMillis(1);

  @TempDir Path folder;
  private final TestAuthority authority = new TestAuthority(NOW);
  private final TlsIdentity first = authority.identity("first", Usage.CLIENT);
  private final TlsIdentity second = authority.identity("second", Usage.CLIENT);
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final Reloading.Listener listener =
      new Reloading.Listener() {
        @Override
        public void reloaded(long generation) {
          heard.add("reloaded");
        }

        @Override
        public void rejected(String reason, long generation) {
          heard.add(reason);
        }
      };

  @BeforeEach
  void mount() throws Exception {
    point("one", first);
  }

  /** As Kubernetes changes a mounted secret: all its files at once, by one symlink. */
  private void point(String name, TlsIdentity identity) throws Exception {
    Path data = Files.createDirectory(folder.resolve(name));
    TestAuthority.write(data, identity);
    Path link = folder.resolve(name + ".link");
    Files.createSymbolicLink(link, data);
    Files.move(link, folder.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
  }

  private Reloading<TlsIdentity> watch() throws Exception {
    Path data = folder.resolve("data");
    return new TlsFiles(data.resolve("tls.crt"), data.resolve("tls.key"), data.resolve("ca.crt"))
        .watch(Purpose.CLIENT, InstantSource.fixed(NOW), listener, INTERVAL);
  }

  @Test
  void takesAllThreeAtOnce() throws Exception {
    try (var watched = watch()) {
      assertEquals(first.chain(), watched.get().value().chain());
      point("two", second);
      assertEquals("reloaded", heard.take());
      assertEquals(second.chain(), watched.get().value().chain());
    }
  }

  @Test
  void aCertificateWithoutItsKeyChangesNothing() throws Exception {
    try (var watched = watch()) {
      Files.copy(
          Files.createDirectory(folder.resolve("other")).resolve("../one/tls.key"),
          folder.resolve("kept.key"));
      TestAuthority.write(folder.resolve("other"), second);
      Files.move(
          folder.resolve("other/tls.crt"),
          folder.resolve("one/tls.crt"),
          StandardCopyOption.ATOMIC_MOVE);
      String reason = heard.take();
      assertTrue(reason.contains("is not the key of"), reason);
      assertEquals(first.chain(), watched.get().value().chain());
      Files.move(
          folder.resolve("other/tls.key"),
          folder.resolve("one/tls.key"),
          StandardCopyOption.ATOMIC_MOVE);
      assertEquals("reloaded", heard.take());
      assertEquals(second.chain(), watched.get().value().chain());
    }
  }

  @Test
  void startsOnNothingBroken() throws Exception {
    Files.writeString(folder.resolve("one/tls.key"), "");
    var refusal = assertThrows(MalformedException.class, () -> watch().close());
    assertTrue(refusal.getMessage().contains("tls.key"), refusal.getMessage());
  }
}
