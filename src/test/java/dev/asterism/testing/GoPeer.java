package dev.asterism.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The other side of a connection as a Go program, see {@code src/test/interop}. Tests that need it
 * are skipped where Go is missing.
 */
public final class GoPeer implements AutoCloseable {
  private static final Path SOURCE = Path.of("src/test/interop").toAbsolutePath();
  private static final Path PROGRAM = Path.of("target/interop/peer").toAbsolutePath();

  /** What {@code go.mod} asks for. */
  private static final int OLDEST = 21;

  private static @Nullable String missing;
  private static boolean built;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private GoPeer(List<String> arguments) throws IOException {
    var command = new ArrayList<String>();
    command.add(PROGRAM.toString());
    command.addAll(arguments);
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    BufferedReader out = process.inputReader();
    Thread.ofVirtual().start(() -> out.lines().forEach(lines::add));
  }

  /** A server; its port is in {@link #port}. */
  public static GoPeer server(String... flags) throws IOException {
    return start("server", flags);
  }

  /** A client that makes one call to a port on this machine. */
  public static GoPeer client(int port, String... flags) throws IOException {
    String[] all = Arrays.copyOf(flags, flags.length + 1);
    all[flags.length] = "127.0.0.1:" + port;
    return start("client", all);
  }

  private static GoPeer start(String role, String... flags) throws IOException {
    build();
    assumeTrue(missing == null, String.valueOf(missing));
    var arguments = new ArrayList<String>(List.of(role));
    arguments.addAll(List.of(flags));
    return new GoPeer(arguments);
  }

  private static synchronized void build() throws IOException {
    if (built) {
      return;
    }
    built = true;
    Files.createDirectories(PROGRAM.getParent());
    try {
      if (version() < OLDEST) {
        missing = "needs Go 1." + OLDEST + " for the interoperability peer";
        return;
      }
      var go = new ProcessBuilder("go", "build", "-o", PROGRAM.toString(), ".");
      go.directory(SOURCE.toFile());
      go.environment().put("GOTOOLCHAIN", "local");
      go.environment().put("GOFLAGS", "");
      go.environment().put("CGO_ENABLED", "0");
      Process building = go.redirectErrorStream(true).start();
      String output = new String(building.getInputStream().readAllBytes());
      if (building.waitFor() != 0) {
        throw new AssertionError("the Go peer does not build:\n" + output);
      }
    } catch (IOException e) {
      missing = "needs Go in PATH for the interoperability peer";
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** The minor version of Go 1. */
  private static int version() throws IOException, InterruptedException {
    Process go = new ProcessBuilder("go", "env", "GOVERSION").start();
    String version = new String(go.getInputStream().readAllBytes()).strip();
    return go.waitFor() == 0 && version.startsWith("go1.")
        ? Integer.parseInt(version.split("[.a-z]+")[2])
        : 0;
  }

  /** The port a server listens on. */
  public int port() {
    String line = next();
    return Integer.parseInt(line.substring("listening ".length()));
  }

  /** What it reports of the next connection. */
  public Report report() {
    try {
      ObjectNode line = Json.object("report", next());
      return new Report(
          line.path("ok").booleanValue(),
          line.path("error").asString(""),
          line.path("version").asString(""),
          line.path("alpn").asString(""),
          line.path("resumed").booleanValue(),
          line.path("tickets").intValue(),
          line.path("verified").booleanValue(),
          line.path("echo").asString(""));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** See {@code Report} in {@code main.go}. */
  public record Report(
      boolean ok,
      String error,
      String version,
      String alpn,
      boolean resumed,
      int tickets,
      boolean verified,
      String echo) {}

  private String next() {
    try {
      String line = lines.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        throw new AssertionError("the Go peer says nothing");
      }
      return line;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      process.destroy();
    }
  }
}
