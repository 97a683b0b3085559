package dev.asterism.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Clients that call again as soon as they are answered, each on a thread of its own. */
final class Storm {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final OperatingSystemMXBean SYSTEM =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private Storm() {}

  /** One client. */
  @FunctionalInterface
  interface Client {
    /** Connects, calls, hangs up; throws unless the answer is the one that it should be. */
    void call() throws Exception;
  }

  /**
   * What came of it.
   *
   * @param took by the clock
   * @param cpu of this process: both sides, where both run in it
   * @param nanos how long each call took, in ascending order
   */
  record Outcome(Duration took, Duration cpu, long[] nanos) {
    /** Several as if they were one. */
    static Outcome of(List<Outcome> rounds) {
      Duration took = Duration.ZERO;
      Duration cpu = Duration.ZERO;
      for (Outcome round : rounds) {
        took = took.plus(round.took);
        cpu = cpu.plus(round.cpu);
      }
      long[] all = rounds.stream().flatMapToLong(r -> Arrays.stream(r.nanos)).sorted().toArray();
      return new Outcome(took, cpu, all);
    }

    double perSecond() {
      return nanos.length / (took.toNanos() / 1e9);
    }

    double cpuMillisEach() {
      return cpu.toNanos() / 1e6 / nanos.length;
    }

    /** The time in ms that this share of the calls did not exceed. */
    double quantileMillis(double share) {
      int index = (int) Math.ceil(share * nanos.length) - 1;
      return nanos[Math.max(0, index)] / 1e6;
    }
  }

  /**
   * Lets all clients call {@code each} times.
   *
   * @throws ExecutionException with the first call that failed: a storm has none
   */
  static Outcome run(List<? extends Client> clients, int each) throws Exception {
    var work = new ArrayList<Callable<long[]>>();
    for (Client client : clients) {
      work.add(() -> calls(client, each));
    }
    try (var pool = Executors.newFixedThreadPool(clients.size())) {
      long cpu = SYSTEM.getProcessCpuTime();
      long start = System.nanoTime();
      List<Future<long[]>> done = pool.invokeAll(work, LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      Duration took = Duration.ofNanos(System.nanoTime() - start);
      Duration used = Duration.ofNanos(SYSTEM.getProcessCpuTime() - cpu);
      var rounds = new ArrayList<Outcome>();
      for (Future<long[]> one : done) {
        rounds.add(new Outcome(Duration.ZERO, Duration.ZERO, one.get()));
      }
      return new Outcome(took, used, Outcome.of(rounds).nanos());
    }
  }

  private static long[] calls(Client client, int each) throws Exception {
    long[] nanos = new long[each];
    for (int i = 0; i < each; i++) {
      long start = System.nanoTime();
      client.call();
      nanos[i] = System.nanoTime() - start;
    }
    return nanos;
  }
}
