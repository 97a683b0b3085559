package dev.asterism.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Versioned;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReloadingTest {
  private static final Duration INTERVAL = Duration.ofMillis(10);
  private static final Duration NOTHING_HAPPENS = Duration.ofMillis(150);

  @TempDir private Path directory;

  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

  private final Reloading.Listener listener =
      new Reloading.Listener() {
        @Override
        public void reloaded(long generation) {
          heard.add("reloaded " + generation);
        }

        @Override
        public void rejected(String reason, long generation) {
          heard.add("rejected " + reason + ", still " + generation);
        }
      };

  @Test
  void startsWithGenerationOne() throws Exception {
    try (Reloading<String> value = watch(write("a", "first"))) {
      assertEquals(new Versioned<>("first", 1), value.get());
    }
  }

  @Test
  void takesAChangeAsTheNextGeneration() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      write("a", "second");
      assertEquals("reloaded 2", hear());
      assertEquals(new Versioned<>("second", 2), value.get());
    }
  }

  @Test
  void takesAWriteOfTheSameContentAsNoChange() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      write("a", "first");
      assertNull(heard.poll(NOTHING_HAPPENS.toMillis(), TimeUnit.MILLISECONDS));
      assertEquals(1, value.get().generation());
    }
  }

  @Test
  void followsTheSymlinkSwapOfAKubernetesMount() throws Exception {
    mount("..1", "first", "one");
    Path a = link("a");
    Path b = link("b");
    try (var value =
        new Reloading<>(
            List.of(a, b), files -> text(files, a) + " " + text(files, b), listener, INTERVAL)) {
      mount("..2", "second", "two");
      assertEquals("reloaded 2", hear());
      assertEquals("second two", value.get().value());
    }
  }

  @Test
  void neverMixesTheFilesOfTwoSnapshots() throws Exception {
    mount("..0", "0", "0");
    Path a = link("a");
    Path b = link("b");
    var reader = new SnapshotReader(List.of(a, b));
    var stop = new AtomicBoolean();
    Thread swapper = Thread.ofPlatform().start(() -> swapUntil(stop));
    try {
      for (int i = 0; i < 500; i++) {
        try {
          Snapshot files = reader.read();
          assertEquals(text(files, a), text(files, b));
        } catch (IOException e) {
          assertTrue(e.getMessage().contains("changes faster"), e.getMessage());
        }
      }
    } finally {
      stop.set(true);
      swapper.join();
    }
  }

  @Test
  void keepsTheLastGoodValueAndReportsABadOneOnce() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      write("a", "bad");
      assertEquals("rejected a: is bad, still 1", hear());
      assertNull(heard.poll(NOTHING_HAPPENS.toMillis(), TimeUnit.MILLISECONDS));
      assertEquals(new Versioned<>("first", 1), value.get());
      write("a", "third");
      assertEquals("reloaded 2", hear());
      assertEquals(new Versioned<>("third", 2), value.get());
    }
  }

  @Test
  void goingBackToTheGoodValueIsNoNewGeneration() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      write("a", "bad");
      assertEquals("rejected a: is bad, still 1", hear());
      write("a", "first");
      assertNull(heard.poll(NOTHING_HAPPENS.toMillis(), TimeUnit.MILLISECONDS));
      assertEquals(1, value.get().generation());
      write("a", "bad");
      assertEquals("rejected a: is bad, still 1", hear());
    }
  }

  @Test
  void survivesAMissingFile() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      Files.delete(file);
      assertEquals("rejected " + file + ": does not exist, still 1", hear());
      assertEquals("first", value.get().value());
      write("a", "second");
      assertEquals("reloaded 2", hear());
    }
  }

  @Test
  void survivesABugInTheParser() throws Exception {
    Path file = write("a", "first");
    try (Reloading<String> value = watch(file)) {
      write("a", "bug");
      assertEquals("rejected cannot be used: IllegalStateException, still 1", hear());
      write("a", "second");
      assertEquals("reloaded 2", hear());
      assertEquals("second", value.get().value());
    }
  }

  @Test
  void survivesABugInTheListener() throws Exception {
    Path file = write("a", "first");
    var broken =
        new Reloading.Listener() {
          @Override
          public void reloaded(long generation) {
            heard.add("reloaded " + generation);
            throw new IllegalStateException("deliberate, to see what comes after it");
          }

          @Override
          public void rejected(String reason, long generation) {}
        };
    try (var value = new Reloading<>(List.of(file), f -> parse(f, file), broken, INTERVAL)) {
      write("a", "second");
      assertEquals("reloaded 2", hear());
      write("a", "third");
      assertEquals("reloaded 3", hear());
      assertEquals("third", value.get().value());
    }
  }

  @Test
  void doesNotStartOnABadValue() throws Exception {
    Path file = write("a", "bad");
    assertEquals(
        "a: is bad", assertThrows(MalformedException.class, () -> watch(file)).getMessage());
  }

  @Test
  void doesNotStartWithoutTheFile() {
    Path file = directory.resolve("absent");
    assertEquals(
        file + ": does not exist", assertThrows(IOException.class, () -> watch(file)).getMessage());
  }

  @Test
  void doesNotStartOnADirectory() {
    assertTrue(
        assertThrows(IOException.class, () -> watch(directory))
            .getMessage()
            .endsWith("is not a file"));
  }

  @Test
  void refusesAFileOfMoreThanAMegabyte() throws Exception {
    Path file = write("a", "x".repeat(Snapshot.MAX_FILE + 1));
    assertTrue(
        assertThrows(IOException.class, () -> watch(file)).getMessage().contains("larger than"));
    write("a", "x".repeat(Snapshot.MAX_FILE));
    watch(file).close();
  }

  @Test
  void stopsLookingWhenClosed() throws Exception {
    Path file = write("a", "first");
    Reloading<String> value = watch(file);
    value.close();
    write("a", "second");
    assertNull(heard.poll(NOTHING_HAPPENS.toMillis(), TimeUnit.MILLISECONDS));
    assertEquals("first", value.get().value());
    assertFalse(heard.contains("reloaded 2"));
  }

  private Reloading<String> watch(Path file) throws IOException, MalformedException {
    return new Reloading<>(List.of(file), files -> parse(files, file), listener, INTERVAL);
  }

  private static String parse(Snapshot files, Path file) throws MalformedException {
    String text = text(files, file);
    if (text.equals("bad")) {
      throw new MalformedException("a", "is bad");
    }
    if (text.equals("bug")) {
      throw new IllegalStateException("deliberate");
    }
    return text;
  }

  private static String text(Snapshot files, Path file) {
    return new String(files.file(file).toArray(), StandardCharsets.UTF_8);
  }

  private String hear() throws InterruptedException {
    return Objects.requireNonNull(heard.poll(30, TimeUnit.SECONDS), "nothing happened");
  }

  /** Replaces the file in one step, as an editor or the kubelet does. */
  private Path write(String name, String content) throws IOException {
    Path beside = Files.writeString(directory.resolve(name + ".new"), content);
    return Files.move(beside, directory.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path link(String name) throws IOException {
    return Files.createSymbolicLink(directory.resolve(name), Path.of("..data", name));
  }

  private void mount(String version, String a, String b) throws IOException {
    Path folder = Files.createDirectory(directory.resolve(version));
    Files.writeString(folder.resolve("a"), a);
    Files.writeString(folder.resolve("b"), b);
    Path fresh = Files.createSymbolicLink(directory.resolve("..data_tmp"), Path.of(version));
    Files.move(fresh, directory.resolve("..data"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void swapUntil(AtomicBoolean stop) {
    try {
      for (int i = 1; !stop.get(); i++) {
        mount(".." + i, Integer.toString(i), Integer.toString(i));
        Path old = directory.resolve(".." + (i - 1));
        Files.delete(old.resolve("a"));
        Files.delete(old.resolve("b"));
        Files.delete(old);
        Thread.sleep(1);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
