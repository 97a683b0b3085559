package dev.asterism.testing.hostile;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;

/**
 * What strangers on this machine can do to services of ours, all of it at once, for a while: a
 * thousand idle connections, ten thousand failing handshakes a minute, and everything slow.
 */
public final class HostileLoad implements AutoCloseable {
  private static final int IDLE = 1000;

  /** Ten thousand, and something for what each comes late. */
  private static final int FAILURES_PER_MINUTE = 10_600;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, AtomicLong> begun = new LinkedHashMap<>();
  private volatile boolean ended;

  /** The load on a door with attested TLS, from now on. */
  public HostileLoad onTls(int port) {
    var attacks = new TlsAttacks(port);
    crowd("idle connections", IDLE, Duration.ofSeconds(5), attacks::silence);
    crowd("dripped hellos", 50, Duration.ofSeconds(1), attacks::dripHello);
    crowd("dripped records", 50, Duration.ofSeconds(1), attacks::dripRecords);
    int failing = 100;
    Duration each = Duration.ofMinutes(failing).dividedBy(FAILURES_PER_MINUTE);
    crowd("failed handshakes", failing, each, attacks::failedHandshake);
    crowd("bad evidence", 16, Duration.ofSeconds(2), attacks::badEvidence);
    return this;
  }

  /** The load on doors without TLS, from now on. */
  public HostileLoad onPlain(int grpcPort, int httpPort) {
    var attacks = new PlainAttacks(grpcPort, httpPort);
    crowd("connections with 256 streams", 8, Duration.ofSeconds(1), attacks::openStreams);
    crowd("connections with unread answers", 8, Duration.ofSeconds(1), attacks::unreadAnswers);
    crowd("headers without an end", 8, Duration.ofSeconds(1), attacks::endlessHeaders);
    crowd("dripped HTTP requests", 200, Duration.ofSeconds(1), attacks::dripHttp);
    return this;
  }

  /**
   * @param size how many do it at a time
   * @param every what one waits for, from one beginning to the next, at least
   */
  private void crowd(String name, int size, Duration every, Attack attack) {
    var count = new AtomicLong();
    begun.put(name, count);
    for (int i = 0; i < size; i++) {
      long delay = every.toNanos() * i / size;
      threads.execute(() -> again(count, delay, every.toNanos(), attack));
    }
  }

  private void again(AtomicLong count, long delay, long every, Attack attack) {
    try {
      TimeUnit.NANOSECONDS.sleep(delay);
      while (!ended) {
        long start = System.nanoTime();
        count.incrementAndGet();
        once(attack);
        TimeUnit.NANOSECONDS.sleep(every - (System.nanoTime() - start));
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }

  private static void once(Attack attack) throws InterruptedException {
    try {
      attack.once();
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      // Refused, closed, too late: what it is here for.
    }
  }

  /** How often each attack has begun. */
  public Map<String, Long> begun() {
    var counts = new LinkedHashMap<String, Long>();
    begun.forEach((name, count) -> counts.put(name, count.get()));
    return counts;
  }

  @Override
  public void close() {
    ended = true;
    threads.shutdownNow();
  }

  private static final class Arguments {
    private int seconds = 30;
    private int join;
    private int verify;
    private int http;

    private static @Nullable Arguments parse(String[] words) {
      var all = new Arguments();
      for (int i = 0; i + 1 < words.length; i += 2) {
        int number = Integer.parseInt(words[i + 1]);
        switch (words[i]) {
          case "--seconds" -> all.seconds = number;
          case "--join" -> all.join = number;
          case "--verify" -> all.verify = number;
          case "--http" -> all.http = number;
          default -> {
            return null;
          }
        }
      }
      return words.length % 2 == 0 ? all : null;
    }
  }

  /** Puts load on ports of this machine, and says in the end, at SIGTERM too, how much it was. */
  public static void main(String[] words) throws Exception {
    Arguments arguments = Arguments.parse(words);
    if (arguments == null) {
      System.err.println("hostile load: [--seconds N] [--join PORT] [--verify PORT --http PORT]");
      System.exit(2);
      return;
    }
    // That connections break off is what they are here for.
    LogManager.getLogManager().reset();
    long start = System.nanoTime();
    try (var load = new HostileLoad()) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> report(load, start)));
      if (arguments.join > 0) {
        load.onTls(arguments.join);
      }
      if (arguments.verify > 0) {
        load.onPlain(arguments.verify, arguments.http);
      }
      System.out.println("under load for " + arguments.seconds + " s");
      Thread.sleep(Duration.ofSeconds(arguments.seconds));
    }
    System.exit(0);
  }

  private static void report(HostileLoad load, long start) {
    System.out.printf(Locale.ROOT, "after %.1f s%n", (System.nanoTime() - start) / 1e9);
    load.begun().forEach((name, count) -> System.out.println(name + ": " + count));
    System.out.flush();
  }
}
