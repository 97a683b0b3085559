package dev.asterism.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Whether verifications hold each other up: the same work by one thread and by two. How often a
 * thread had to wait for another one does not depend on what else the machine does.
 */
final class Scaling {
  private static final int WARM_UP = 4_000;
  private static final int EACH = 20_000;

  private Scaling() {}

  private record Pace(double perSecond, long waits) {}

  static void run(Table table) throws Exception {
    var documents = new Documents();
    pace(documents, 2, WARM_UP);
    Pace one = pace(documents, 1, EACH);
    Pace two = pace(documents, 2, EACH);
    table.row("appraisals by 1 thread", one.perSecond(), "1/s");
    table
        .row("appraisals by 2 threads", two.perSecond(), "1/s")
        .note("%s times as many".formatted(Table.number(two.perSecond() / one.perSecond())));
    table
        .row("waits for a lock, of 1000 appraisals", two.waits() * 1000.0 / (2 * EACH), "")
        .note("by 2 threads");
  }

  private static Pace pace(Documents documents, int threads, int each) throws Exception {
    try (var pool = Executors.newFixedThreadPool(threads)) {
      var work = new ArrayList<Callable<Long>>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread;
        work.add(() -> {
          long before = waits();
          for (int i = 0; i < each; i++) {
            if (!documents.judge(first + 2 * i).accepted()) {
              throw new IllegalStateException("a good document was refused");
            }
          }
          return waits() - before;
        });
      }
      long start = System.nanoTime();
      List<Future<Long>> done = pool.invokeAll(work);
      double seconds = (System.nanoTime() - start) / 1e9;
      long waits = 0;
      for (Future<Long> one : done) {
        waits += one.get();
      }
      return new Pace(threads * each / seconds, waits);
    }
  }

  /** On monitors and on locks of java.util.concurrent. */
  private static long waits() {
    ThreadInfo self =
        ManagementFactory.getThreadMXBean().getThreadInfo(Thread.currentThread().threadId());
    return self.getBlockedCount() + self.getWaitedCount();
  }
}
