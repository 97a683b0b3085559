package dev.asterism.cli;

import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What every role takes. */
final class RoleOptions {
  @Option(
      names = "--monitoring",
      paramLabel = "HOST:PORT",
      converter = Address.class,
      description = {
        "Where /healthz, /readyz and /metrics are (default: :9180 for bootstrap, :9181 for",
        "key-service, :9182 for join-service, :9183 for verify-service)."
      })
  private @Nullable InetSocketAddress monitoring;

  @Option(
      names = "-v",
      paramLabel = "N",
      defaultValue = "0",
      description = "Log verbosity: -1 debug, 0 information (default), 1 warnings, 2 errors.")
  private int verbosity;

  RoleOptions() {}

  /** JSON lines on standard error, from now on. */
  void startLogging() {
    Logs.json(verbosity);
  }

  InetSocketAddress monitoring(int defaultPort) {
    return monitoring == null ? new InetSocketAddress(defaultPort) : monitoring;
  }

  /**
   * Serves until SIGTERM or SIGINT, then lets the role finish what is under way.
   *
   * @param after closed then, before the process ends: it waits for nothing else
   */
  static int serve(AutoCloseable role, AutoCloseable... after) throws InterruptedException {
    var closed = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    close(role);
                    for (AutoCloseable part : after) {
                      close(part);
                    }
                  } finally {
                    closed.countDown();
                  }
                },
                "shutdown"));
    closed.await();
    return ExitCode.SUCCESS;
  }

  private static void close(AutoCloseable part) {
    try {
      part.close();
    } catch (Exception e) {
      System.getLogger(RoleOptions.class.getName())
          .log(System.Logger.Level.WARNING, "did not stop cleanly", e);
    }
  }
}
