package dev.asterism.kubernetes.standalone;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * Kubernetes objects as JSON files, {@code <kind>/<name>.json}, in place of the API server and
 * etcd. Several processes may share the folder. Files are 0600: some hold tokens.
 */
final class ObjectStore {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");
  private static final int MAX_OBJECT = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final Path folder;

  /**
   * A file lock is the process's, and is lost when the process closes the file anywhere: the
   * threads of all stores of one folder need one of their own.
   */
  private static final Map<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private final ReentrantLock threads;

  ObjectStore(Path folder) {
    this.folder = folder;
    this.threads =
        LOCKS.computeIfAbsent(folder.toAbsolutePath().normalize(), _ -> new ReentrantLock());
  }

  /** The kinds of object kept here, by their plural as in API paths. */
  enum Kind {
    SECRETS,
    CONFIGMAPS,
    JOININGNODES,
    NODEVERSIONS,
    NODES,
    NODEADMISSIONS
  }

  /** Something done while no other process changes the store. */
  @FunctionalInterface
  interface Change<E extends Exception> {
    void run() throws IOException, E;
  }

  /** Whether anybody has put anything here yet. */
  boolean exists() {
    return Files.isDirectory(folder);
  }

  Optional<ObjectNode> get(Kind kind, String name) throws IOException {
    Path file = file(kind, name);
    try {
      return Optional.of(Json.object(name, AtomicFile.read(file, MAX_OBJECT)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  /** Creates or replaces. */
  void apply(Kind kind, String name, ObjectNode object) throws IOException {
    Path file = file(kind, name);
    makeFolder();
    AtomicFile.write(file, Bytes.ofUtf8(Json.pretty(object)), AtomicFile.PRIVATE);
  }

  /**
   * Creates, and replaces nothing.
   *
   * @return whether it was not there
   */
  boolean create(Kind kind, String name, ObjectNode object) throws IOException {
    Path file = file(kind, name);
    makeFolder();
    try {
      AtomicFile.writeNew(file, Bytes.ofUtf8(Json.pretty(object)).toArray(), AtomicFile.PRIVATE);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }

  private void makeFolder() throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  void delete(Kind kind, String name) throws IOException {
    Files.deleteIfExists(file(kind, name));
  }

  /** The names of all objects of a kind. */
  List<String> names(Kind kind) throws IOException {
    Path kindFolder = folder(kind);
    if (!Files.isDirectory(kindFolder)) {
      return List.of();
    }
    var names = new ArrayList<String>();
    try (Stream<Path> files = Files.list(kindFolder)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String name = String.valueOf(file.getFileName());
        // What another process is writing beside begins with a dot.
        if (name.endsWith(".json") && !name.startsWith(".")) {
          names.add(name.substring(0, name.length() - ".json".length()));
        }
      }
    }
    return List.copyOf(names);
  }

  /**
   * Runs a change that reads before it writes, alone among all processes and threads.
   *
   * @throws IOException also if the store stays busy
   */
  <E extends Exception> void exclusively(Change<E> change) throws IOException, E {
    makeFolder();
    threads.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = lock(channel)) {
      change.run();
    } finally {
      threads.unlock();
    }
  }

  private FileLock lock(FileChannel channel) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    do {
      try {
        FileLock lock = channel.tryLock();
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        // Another store of this process has it.
      }
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + folder, e);
      }
    } while (System.nanoTime() < deadline);
    throw new IOException(folder + ": another process keeps it locked");
  }

  private Path folder(Kind kind) {
    return folder.resolve(kind.name().toLowerCase(Locale.ROOT));
  }

  private Path file(Kind kind, String name) throws IOException {
    if (!NAME.matcher(name).matches()) {
      throw new IOException("not a name of a Kubernetes object");
    }
    return folder(kind).resolve(name + ".json");
  }
}
