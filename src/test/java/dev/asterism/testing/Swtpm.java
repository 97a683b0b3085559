package dev.asterism.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.device.SwtpmSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A swtpm process with its state in a directory; a test skips where swtpm is not installed. */
public final class Swtpm implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path state;
  private final int port;
  private Process process;

  private Swtpm(Path state, int port) throws IOException {
    this.state = state;
    this.port = port;
    this.process = start();
  }

  public static Swtpm start(Path state) throws IOException {
    assumeTrue(Tools.isInstalled("swtpm"), "swtpm is not installed");
    return new Swtpm(state, freePort());
  }

  public SwtpmSocket tpm() {
    return new SwtpmSocket("127.0.0.1", port, PATIENCE);
  }

  public int port() {
    return port;
  }

  /** Off and on: PCRs start again, persistent objects stay. */
  public void powerCycle() throws IOException {
    stop();
    process = start();
  }

  @Override
  public void close() throws IOException {
    stop();
  }

  private Process start() throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "swtpm",
                "socket",
                "--tpm2",
                "--tpmstate",
                "dir=" + state,
                "--server",
                "type=tcp,port=" + port,
                "--ctrl",
                "type=unixio,path=" + state.resolve("ctrl"),
                "--flags",
                "not-need-init,startup-clear"));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(Files.createTempFile(state, "swtpm", ".log").toFile())
        .start();
  }

  private void stop() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
