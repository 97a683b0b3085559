package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveTpmTest {
  @TempDir Path folder;

  private Tpm tpm(Duration patience) {
    return new ExclusiveTpm(
        SoftwareTpm.inMemory(new SecureRandom()), folder.resolve("lock"), patience);
  }

  @Test
  void oneConversationAtATime() throws Exception {
    Tpm tpm = tpm(Duration.ofSeconds(30));
    var inside = new AtomicInteger();
    Callable<Integer> conversation =
        () -> {
          try (Tpm.Conversation open = tpm.open()) {
            int now = inside.incrementAndGet();
            Thread.sleep(10);
            inside.decrementAndGet();
            return now
                + open.transmit(new byte[] {(byte) 0x80, 1, 0, 0, 0, 10, 0, 0, 1, 0x44}).length;
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var all = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < 8; i++) {
        all.add(conversation);
      }
      for (var done : threads.invokeAll(all)) {
        assertEquals(1 + 10, done.get(), "alone, and an answer");
      }
    }
  }

  @Test
  void whoWaitsInVainIsToldThatItIsBusy() throws Exception {
    Tpm tpm = tpm(Duration.ofMillis(20));
    try (Tpm.Conversation first = tpm.open()) {
      var e = assertThrows(IOException.class, tpm::open);
      assertTrue(e.getMessage().contains("busy"), e.getMessage());
      assertTrue(first.transmit(new byte[10]).length > 0);
    }
    tpm.open().close();
  }

  @Test
  void aSoftwareTpmByNameHasItsLockBesideIt() throws Exception {
    Path state = folder.resolve("tpm.json");
    SoftwareTpm.create(state, new SecureRandom());
    try (Tpm.Conversation open = Tpms.exclusive("software:" + state).open()) {
      Path lock = folder.resolve("tpm.json.exclusive");
      assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(lock)));
      assertTrue(open.transmit(new byte[10]).length > 0);
    }
  }
}
