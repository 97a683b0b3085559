package dev.asterism.device;

import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * State in a file of mode 0600 that several processes share. A lock file beside it is held for each
 * command; a crash leaves the old state or the new one.
 */
final class FileStore implements SoftwareStore {
  /** File locks hold between processes only; between the threads of this one, these do. */
  private static final ConcurrentMap<Path, ReentrantLock> LOCKS = new ConcurrentHashMap<>();

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path file;

  FileStore(Path file) {
    this.file = file.toAbsolutePath().normalize();
  }

  /** Writes a first state; refuses where there is one. */
  void create(SoftwareState state) throws IOException {
    Files.createDirectories(folder());
    locked(() -> {
      if (Files.exists(file)) {
        throw new FileAlreadyExistsException(file.toString(), null, "a software TPM is there");
      }
      write(state);
      return state;
    });
  }

  @Override
  public <T> T use(Function<SoftwareState, T> use) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "no software TPM was created there");
    }
    return locked(() -> {
      SoftwareState state = read();
      T result = use.apply(state);
      if (state.isChanged()) {
        write(state);
      }
      return result;
    });
  }

  @Override
  public String description() {
    return "software TPM " + file;
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private <T> T locked(Action<T> action) throws IOException {
    ReentrantLock mine = LOCKS.computeIfAbsent(file, f -> new ReentrantLock());
    mine.lock();
    try (FileChannel channel =
            FileChannel.open(
                folder().resolve(file.getFileName() + ".lock"),
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                OWNER_ONLY);
        FileLock theirs = channel.lock()) {
      if (!theirs.isValid()) {
        throw new IOException("the lock beside " + file + " was lost");
      }
      return action.run();
    } finally {
      mine.unlock();
    }
  }

  private SoftwareState read() throws IOException {
    try {
      return SoftwareStateJson.read(AtomicFile.read(file, Json.MAX_BYTES));
    } catch (MalformedException e) {
      throw new IOException(file + " is not the state of a software TPM: " + e.getMessage(), e);
    }
  }

  private void write(SoftwareState state) throws IOException {
    AtomicFile.write(file, SoftwareStateJson.write(state), AtomicFile.PRIVATE);
  }

  private Path folder() {
    return Objects.requireNonNull(file.getParent(), "an absolute path of a file has a folder");
  }
}
