package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditFaults.Step;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer dies at a random step, again and again; the log goes on and is whole. */
class AuditCrashTest {
  private static final int ROUNDS = 100;

  /** Small enough that most lives see a rotation. */
  private static final Rotation ROTATION = new Rotation(2500, 3);

  /** As a power cut: nothing after it is done. */
  private static final class Killed extends Error {}

  @TempDir Path folder;

  /** It says that it has stopped, a hundred times. */
  private final Logger log = Logger.getLogger(GroupCommit.class.getName());

  private Path file;
  private Random random = new Random();
  private long synced;

  @BeforeEach
  void quiet() {
    file = folder.resolve("audit.jsonl");
    log.setLevel(Level.OFF);
  }

  @AfterEach
  void loud() {
    log.setLevel(null);
  }

  /** Dies at a step, and of what was not synced leaves as much as a disk may. */
  private final class Death implements AuditFaults {
    private final Step step;
    private int left;
    private boolean reached;

    Death(Step step, int left) {
      this.step = step;
      this.left = left;
    }

    @Override
    public void reached(Step now) throws IOException {
      switch (now) {
        case SYNCED, TORN_CUT -> synced = Files.size(file);
        case CREATED -> synced = 0;
        default -> {}
      }
      if (now == step && left-- == 0) {
        reached = true;
        if (now == Step.WRITTEN) {
          loseSomeOfIt();
        }
        throw new Killed();
      }
    }

    private void loseSomeOfIt() throws IOException {
      try (var torn = new RandomAccessFile(file.toFile(), "rw")) {
        torn.setLength(synced + random.nextLong(torn.length() - synced + 1));
      }
    }
  }

  @Test
  void whateverWasAcknowledgedIsThereAndTheChainHolds() throws Exception {
    long seed = Long.getLong("asterism.seed", System.nanoTime());
    random = new Random(seed);
    List<Integer> acknowledged = Collections.synchronizedList(new ArrayList<>());
    Map<Step, Integer> deaths = new EnumMap<>(Step.class);
    for (int round = 0; round < ROUNDS; round++) {
      Step step = Step.values()[round % Step.values().length];
      Death death = new Death(step, random.nextInt(step.compareTo(Step.WRITTEN) < 0 ? 1 : 3));
      if (step.compareTo(Step.WRITTEN) < 0 && Files.exists(file)) {
        // What these steps are about.
        Files.writeString(file, "{\"sequence\":", StandardOpenOption.APPEND);
      }
      int base = round * 1000;
      live(death, base, acknowledged);
      if (death.reached) {
        deaths.merge(step, 1, Integer::sum);
      }
      String what = "seed " + seed + ", round " + round + ", " + step;
      check(acknowledged, what);
    }
    assertEquals(List.of(Step.values()), List.copyOf(deaths.keySet()), "seed " + seed);
    System.out.println("seed " + seed + ", deaths " + deaths);
  }

  /** Writes until it dies, or has written enough. */
  private void live(Death death, int base, List<Integer> acknowledged) throws Exception {
    synced = Files.exists(file) ? Files.size(file) : 0;
    AuditLog audit;
    try {
      audit = Logs.open(file, ROTATION, death);
    } catch (Killed e) {
      return;
    }
    try (audit;
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var calls = new ArrayList<Future<?>>();
      for (int i = 0; i < 20; i++) {
        int number = base + i;
        calls.add(
            threads.submit(() -> {
              audit.append("event", Json.newObject().put("i", number));
              acknowledged.add(number);
              return null;
            }));
        if (random.nextInt(3) == 0) {
          settle(calls.getLast());
        }
      }
      calls.forEach(AuditCrashTest::settle);
    }
  }

  private static void settle(Future<?> call) {
    try {
      call.get();
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof IOException, () -> "died of " + e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void check(List<Integer> acknowledged, String what) throws Exception {
    try (AuditLog audit = Logs.open(file, ROTATION, AuditFaults.NONE)) {
      audit.append("alive", Json.newObject());
    }
    AuditReport report = Logs.verify(folder);
    assertTrue(report.intact(), () -> what + ": " + report.findings());
    List<Integer> there =
        Logs.records(folder).stream()
            .filter(record -> record.event().equals("event"))
            .map(record -> record.content().get("i").intValue())
            .toList();
    // Old files are removed; within those that are there nothing is missing.
    int oldest = there.isEmpty() ? Integer.MAX_VALUE : there.getFirst() / 1000 + 1;
    List<Integer> lost =
        acknowledged.stream()
            .filter(number -> number / 1000 >= oldest && !there.contains(number))
            .toList();
    assertEquals(List.of(), lost, what);
    assertEquals(there.size(), there.stream().distinct().count(), what + ": twice");
  }
}
