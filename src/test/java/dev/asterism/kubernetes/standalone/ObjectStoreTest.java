package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
  @TempDir private Path folder;
  private ObjectStore store;

  @BeforeEach
  void open() {
    store = new ObjectStore(folder.resolve("objects"));
  }

  @Test
  void keepsWhatWasAppliedLast() throws Exception {
    assertFalse(store.exists());
    assertEquals(Optional.empty(), store.get(Kind.NODES, "a"));
    store.apply(Kind.NODES, "a", Json.newObject().put("x", 1));
    store.apply(Kind.NODES, "a", Json.newObject().put("x", 2));
    assertEquals(2, store.get(Kind.NODES, "a").orElseThrow().get("x").intValue());
    assertTrue(store.exists());
  }

  @Test
  void listsAndDeletes() throws Exception {
    assertEquals(List.of(), store.names(Kind.NODES));
    store.apply(Kind.NODES, "a", Json.newObject());
    store.apply(Kind.NODES, "b.c", Json.newObject());
    assertEquals(Set.of("a", "b.c"), Set.copyOf(store.names(Kind.NODES)));
    store.delete(Kind.NODES, "a");
    store.delete(Kind.NODES, "a");
    assertEquals(List.of("b.c"), store.names(Kind.NODES));
  }

  @Test
  void keepsObjectsFromOthersEyes() throws Exception {
    store.apply(Kind.SECRETS, "a", Json.newObject());
    Path file = folder.resolve("objects/secrets/a.json");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void refusesNamesThatAreNone() {
    for (String name : List.of("", "../a", "a/b", ".a", "A", "a.")) {
      assertThrows(IOException.class, () -> store.get(Kind.NODES, name), name);
    }
  }

  @Test
  void saysWhichFileIsBroken() throws Exception {
    store.apply(Kind.NODES, "a", Json.newObject());
    Path file = folder.resolve("objects/nodes/a.json");
    Files.writeString(file, "{");
    String message = assertThrows(IOException.class, () -> store.get(Kind.NODES, "a")).getMessage();
    assertTrue(message.contains(file.toString()), message);
  }

  @Test
  void changesOneAtATime() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> changes =
          IntStream.range(0, 50).<Future<?>>mapToObj(i -> threads.submit(this::count)).toList();
      for (Future<?> change : changes) {
        change.get();
      }
    }
    assertEquals(50, store.get(Kind.NODES, "count").orElseThrow().get("n").intValue());
  }

  private Void count() throws IOException {
    // A store of its own: as from another process, but for the lock's owner.
    var own = new ObjectStore(folder.resolve("objects"));
    own.exclusively(() -> {
      int n = own.get(Kind.NODES, "count").map(o -> o.get("n").intValue()).orElse(0);
      own.apply(Kind.NODES, "count", Json.newObject().put("n", n + 1));
    });
    return null;
  }
}
