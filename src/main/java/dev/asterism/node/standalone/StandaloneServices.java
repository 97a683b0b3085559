package dev.asterism.node.standalone;

import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Stand-in for the init system of a node that is only a directory: starting the kubelet and asking
 * for a reboot each leave a file, the journal is the role's own log file.
 */
public final class StandaloneServices implements NodeServices {
  private static final System.Logger LOG = System.getLogger(StandaloneServices.class.getName());
  private static final int JOURNAL_BYTES = 256 * 1024;
  private static final int MAX_BYTES = 64 * 1024;

  private final NodePaths paths;
  private final Path logFile;
  private final InstantSource clock;

  /**
   * @param logFile what this role logs to; need not exist
   */
  public StandaloneServices(NodePaths paths, Path logFile, InstantSource clock) {
    this.paths = paths;
    this.logFile = logFile;
    this.clock = clock;
  }

  /**
   * The file that this process logs to, where its standard error is one.
   *
   * @param otherwise where it is not
   */
  public static Path logFile(Path otherwise) {
    try {
      Path standardError = Files.readSymbolicLink(Path.of("/proc/self/fd/2"));
      return Files.isRegularFile(standardError) ? standardError : otherwise;
    } catch (IOException e) {
      return otherwise;
    }
  }

  @Override
  public void startKubelet() throws IOException {
    write(paths.standaloneKubelet(), "kubelet started");
    LOG.log(System.Logger.Level.INFO, "standalone services: kubelet started (in name only)");
  }

  /** The role is to exit now; whoever runs it does what {@link #rebooted} says. */
  @Override
  public void reboot(String reason) throws IOException {
    write(paths.standaloneReboot(), reason);
    LOG.log(System.Logger.Level.WARNING, "standalone services: reboot requested: {0}", reason);
  }

  /** The end of the role's own log. */
  @Override
  public Stream<String> journal() throws IOException {
    try (var file = new RandomAccessFile(logFile.toFile(), "r")) {
      long from = Math.max(0, file.length() - JOURNAL_BYTES);
      file.seek(from);
      var tail = new byte[(int) Math.min(file.length() - from, JOURNAL_BYTES)];
      file.readFully(tail);
      // A line cut at its beginning says the wrong thing.
      return new String(tail, StandardCharsets.UTF_8).lines().skip(from > 0 ? 1 : 0);
    } catch (java.io.FileNotFoundException e) {
      return Stream.of("standalone services: there is no log file " + logFile);
    }
  }

  /**
   * Says that the reboot is done: what lay in memory is gone. Before this, the caller has reset the
   * TPM and booted the disk, so that a kill in between repeats all of it.
   */
  public void rebooted() throws IOException {
    Files.deleteIfExists(paths.standaloneKubelet());
    Files.deleteIfExists(paths.status());
    Files.deleteIfExists(paths.standaloneReboot());
    LOG.log(System.Logger.Level.INFO, "standalone services: rebooted");
  }

  /** Why a reboot is asked for; empty where nobody did. */
  public Optional<String> rebootRequested() throws IOException {
    Path file = paths.standaloneReboot();
    try {
      var node = Json.object("reboot request", AtomicFile.read(file, MAX_BYTES));
      return Optional.of(Json.string(node, "reason"));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private void write(Path file, String reason) throws IOException {
    var node = Json.newObject();
    node.put("by", "standalone services");
    node.put("reason", reason);
    node.put("at", clock.instant().toString());
    AtomicFile.write(file, Json.pretty(node), AtomicFile.PUBLIC);
  }
}
