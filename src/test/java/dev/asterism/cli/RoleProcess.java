package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.Main;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLClassLoader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A role as a process of its own. */
final class RoleProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** 128 and the signal's number. */
  private static final int ENDED_BY_SIGTERM = 143;

  private final Process process;
  private final Path log;
  private final int port;

  /**
   * @param port it is started when something listens there
   */
  static RoleProcess start(Path log, int port, String... arguments) throws Exception {
    var command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    var role = new RoleProcess(process, log, port);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!role.listens()) {
      if (!process.isAlive() || System.nanoTime() > end) {
        process.destroyForcibly();
        throw new AssertionError(arguments[0] + " does not start:\n" + Files.readString(log));
      }
      Thread.sleep(50);
    }
    return role;
  }

  private RoleProcess(Process process, Path log, int port) {
    this.process = process;
    this.log = log;
    this.port = port;
  }

  /** As this test has it, however its runner loads classes. */
  private static String classPath() {
    return Main.class.getClassLoader() instanceof URLClassLoader loader
        ? Arrays.stream(loader.getURLs())
            .map(url -> Path.of(URI.create(url.toString())).toString())
            .collect(Collectors.joining(File.pathSeparator))
        : System.getProperty("java.class.path");
  }

  /** Ports that nobody has now. */
  static List<Integer> freePorts(int count) throws IOException {
    var sockets = new ArrayList<ServerSocket>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }

  private boolean listens() {
    try (var _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until it says that it is ready. */
  void awaitReady(int monitoringPort) throws Exception {
    var ready =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + monitoringPort + "/readyz"))
            .build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (var client = HttpClient.newHttpClient()) {
      while (!isReady(client, ready)) {
        assertTrue(System.nanoTime() < end, this::log);
        Thread.sleep(50);
      }
    }
  }

  private static boolean isReady(HttpClient client, HttpRequest ready) throws Exception {
    try {
      return client.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Sends SIGTERM, and returns when it takes nothing new. */
  void terminate() throws Exception {
    process.destroy();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (listens() && System.nanoTime() < end) {
      Thread.sleep(20);
    }
    assertTrue(!listens(), () -> "it still listens: " + log());
  }

  void assertAlive() {
    assertTrue(process.isAlive(), this::log);
  }

  void assertEnds() throws Exception {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), this::log);
    assertEquals(ENDED_BY_SIGTERM, process.exitValue(), this::log);
  }

  /** Waits until it ends by itself, with that exit code. */
  void assertEndsBy(int code) throws Exception {
    assertTrue(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS), this::log);
    assertEquals(code, process.exitValue(), this::log);
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
