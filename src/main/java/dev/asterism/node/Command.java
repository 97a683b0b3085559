package dev.asterism.node;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Another program, with a deadline. Arguments are seen by every user: no secrets in them. */
final class Command {
  private static final int MAX_SAID = 4096;
  private static final int MAX_OUTPUT = 1024 * 1024;

  private final List<String> line;
  private final @Nullable Map<String, String> environment;
  private final Duration deadline;

  /** In this process's environment. */
  Command(List<String> line, Duration deadline) {
    this.line = List.copyOf(line);
    this.environment = null;
    this.deadline = deadline;
  }

  /** In this environment, and nothing of this process's. */
  Command(List<String> line, Map<String, String> environment, Duration deadline) {
    this.line = List.copyOf(line);
    this.environment = Map.copyOf(environment);
    this.deadline = deadline;
  }

  /**
   * Runs it to its end.
   *
   * @throws IOException if it cannot be started, fails (with the end of what it said), or is not
   *     done in time, when it is killed
   */
  void run() throws IOException {
    Process process = start(true);
    try (var reaper = new Reaper(process, deadline)) {
      String said = lastOf(process);
      check(reaper, process.waitFor(), said);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + name(), e);
    }
  }

  /**
   * Runs it to its end.
   *
   * @param errors hears each line of its standard error
   * @return its standard output, which no error repeats: it may be a secret
   * @throws IOException as {@link #run}, with the end of its standard error
   */
  String output(Consumer<String> errors) throws IOException {
    Process process = start(false);
    var heard = new CompletableFuture<String>();
    Thread.ofVirtual().start(() -> heard.complete(listen(process, errors)));
    try (var reaper = new Reaper(process, deadline)) {
      byte[] output = process.getInputStream().readNBytes(MAX_OUTPUT + 1);
      if (output.length > MAX_OUTPUT) {
        throw new IOException(name() + " writes more than " + MAX_OUTPUT + " bytes");
      }
      check(reaper, process.waitFor(), heard.join());
      return new String(output, StandardCharsets.UTF_8);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + name(), e);
    }
  }

  /** Hands on what it says until it ends; returns the last of it. */
  private static String listen(Process process, Consumer<String> errors) {
    var said = new StringBuilder();
    try (var reader = process.errorReader(StandardCharsets.UTF_8)) {
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        errors.accept(text);
        said.append(text).append('\n');
        said.delete(0, Math.max(0, said.length() - MAX_SAID));
      }
    } catch (IOException e) {
      // It was killed; what it said before counts.
    }
    return said.toString();
  }

  private void check(Reaper reaper, int code, String said) throws IOException {
    if (reaper.late()) {
      throw new IOException(name() + " did not end within " + deadline.toSeconds() + " s");
    }
    if (code != 0) {
      throw new IOException(name() + " failed with exit code " + code + ": " + said.strip());
    }
  }

  /** Its output, line by line; closing the stream, or the deadline, kills it. */
  Stream<String> lines() throws IOException {
    Process process = start(true);
    var reaper = new Reaper(process, deadline);
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .lines()
        .onClose(reaper::close);
  }

  private Process start(boolean merged) throws IOException {
    var builder = new ProcessBuilder(line).redirectErrorStream(merged);
    if (environment != null) {
      builder.environment().clear();
      builder.environment().putAll(environment);
    }
    Process process = builder.start();
    process.getOutputStream().close();
    return process;
  }

  /** Reads until the program closes its output; keeps the end, where the error usually stands. */
  private static String lastOf(Process process) throws IOException {
    var said = new StringBuilder();
    var chunk = new char[MAX_SAID];
    try (var reader = new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)) {
      for (int n = reader.read(chunk); n >= 0; n = reader.read(chunk)) {
        said.append(chunk, 0, n);
        said.delete(0, Math.max(0, said.length() - MAX_SAID));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return said.toString();
  }

  private String name() {
    return String.join(" ", line);
  }

  /** Kills a process that is not done in time. */
  private static final class Reaper implements AutoCloseable {
    private final Process process;
    private volatile boolean late;

    Reaper(Process process, Duration deadline) {
      this.process = process;
      Thread.ofVirtual().start(() -> watch(deadline));
    }

    private void watch(Duration deadline) {
      try {
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
          late = true;
          kill();
        }
      } catch (InterruptedException e) {
        kill();
      }
    }

    boolean late() {
      return late;
    }

    /**
     * With its children, which would hold its output open; itself first, or a shell would say of a
     * child that it was killed. By handle: Process.destroyForcibly closes the streams too, under
     * the hands of who reads them.
     */
    private void kill() {
      List<ProcessHandle> children = process.descendants().toList();
      process.toHandle().destroyForcibly();
      children.forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
      kill();
    }
  }
}
