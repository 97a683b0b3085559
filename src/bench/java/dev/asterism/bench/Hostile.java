package dev.asterism.bench;

import dev.asterism.testing.hostile.HostileLoad;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What hostile load does to honest nodes: the time of their joins with and without, in turn, where
 * the server does not attest, and where each hello costs it a quote. It has its limits, and its
 * heap, as it ships. Server, nodes and load are processes of their own on the same machine. In life
 * strangers have processors of their own: so the load takes what the others leave, and the row says
 * how much it made of that.
 */
final class Hostile {
  /** Each at an address of its own, as nodes are. */
  private static final int CLIENTS = 32;

  private static final int ROUNDS = 6;
  private static final int EACH = 10;
  private static final int WARM_UP = 6;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration SETTLING = Duration.ofSeconds(5);
  private static final double RATIO_AIM = 2;

  private Hostile() {}

  static void run(Table table) throws Exception {
    run(table, "", false);
    run(table, ", both sides attest", true);
  }

  private static void run(Table table, String which, boolean attests) throws Exception {
    var machines = new Machines();
    try (var folder = new TemporaryFolder();
        var objects = TemporaryFolder.inMemory();
        var door =
            new DoorProcess(folder.path(), objects.path(), machines.attestationConfig(), attests)) {
      var honest = new Nodes(machines, door.port(), door.service());
      var nodes = new ArrayList<Nodes.Node>();
      for (int i = 0; i < CLIENTS; i++) {
        nodes.add(honest.node("worker-" + i, "127.0.1." + (1 + i), WARM_UP + 2 * ROUNDS * EACH));
      }
      var failed = new AtomicInteger();
      joins(nodes, WARM_UP, failed);
      var alone = new ArrayList<Storm.Outcome>();
      var under = new ArrayList<Storm.Outcome>();
      var attempts = new Attempts();
      for (int round = 0; round < ROUNDS; round++) {
        alone.add(joins(nodes, EACH, failed));
        try (var _ = attempts.load(door.port(), folder.path())) {
          Thread.sleep(SETTLING);
          under.add(joins(nodes, EACH, failed));
        }
      }
      show(table, which, Storm.Outcome.of(alone), Storm.Outcome.of(under), attempts, failed.get());
    }
  }

  private static void show(
      Table table,
      String which,
      Storm.Outcome alone,
      Storm.Outcome under,
      Attempts attempts,
      int failed) {
    double before = alone.quantileMillis(0.99);
    double during = under.quantileMillis(0.99);
    table
        .row("honest join, alone: p50" + which, alone.quantileMillis(0.5), "ms")
        .note("%d nodes, one join each %d ms".formatted(CLIENTS, EVERY.toMillis()));
    table.row("honest join, alone: p99" + which, before, "ms");
    table
        .row("honest join, hostile load: p50" + which, under.quantileMillis(0.5), "ms")
        .note(attempts.perMinute());
    table.row("honest join, hostile load: p99" + which, during, "ms");
    table.row("honest join, hostile load : alone" + which, during / before, "p99").aim(RATIO_AIM);
    table.row("honest joins that failed" + which, failed, "").aim(0);
  }

  private static Storm.Outcome joins(List<Nodes.Node> nodes, int each, AtomicInteger failed)
      throws Exception {
    try (var pool = Executors.newFixedThreadPool(nodes.size())) {
      var work = new ArrayList<Callable<Storm.Outcome>>();
      for (int i = 0; i < nodes.size(); i++) {
        Nodes.Node node = nodes.get(i);
        Duration first = EVERY.multipliedBy(i).dividedBy(nodes.size());
        work.add(() -> joins(node, each, first, failed));
      }
      var outcomes = new ArrayList<Storm.Outcome>();
      for (var done : pool.invokeAll(work)) {
        outcomes.add(done.get());
      }
      return Storm.Outcome.of(outcomes);
    }
  }

  private static Storm.Outcome joins(
      Nodes.Node node, int each, Duration first, AtomicInteger failed) throws InterruptedException {
    long[] nanos = new long[each];
    Thread.sleep(first);
    for (int i = 0; i < each; i++) {
      long start = System.nanoTime();
      try {
        node.join();
      } catch (io.grpc.StatusRuntimeException e) {
        failed.incrementAndGet();
        System.err.println("  an honest join failed: " + e.getMessage());
      }
      nanos[i] = System.nanoTime() - start;
      Thread.sleep(EVERY.minusNanos(nanos[i]));
    }
    return Storm.Outcome.of(List.of(new Storm.Outcome(Duration.ZERO, Duration.ZERO, nanos)));
  }

  /** Runs the load, and sums up what it says that it did. */
  private static final class Attempts {
    private static final String FAILED = "failed handshakes: ";

    private long failedHandshakes;
    private double seconds;

    AutoCloseable load(int port, Path folder) throws IOException {
      Path out = Files.createTempFile(folder, "load", ".out");
      Process process =
          new ProcessBuilder(
                  "nice",
                  "-n",
                  "19",
                  ProcessHandle.current().info().command().orElseThrow(),
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-Xmx512m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  HostileLoad.class.getName(),
                  "--seconds",
                  "600",
                  "--join",
                  Integer.toString(port))
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      return () -> end(process, out);
    }

    private void end(Process process, Path out) throws Exception {
      process.destroy();
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
      for (String line : Files.readAllLines(out)) {
        if (line.startsWith(FAILED)) {
          failedHandshakes += Long.parseLong(line.substring(FAILED.length()));
        } else if (line.startsWith("after ")) {
          seconds += Double.parseDouble(line.replaceAll("[^0-9.]", ""));
        }
      }
    }

    String perMinute() {
      return "1000 idle connections, %.0f failing handshakes a minute, and the rest"
          .formatted(failedHandshakes / seconds * 60);
    }
  }
}
