package dev.asterism.audit;

import dev.asterism.wire.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps refusals from filling the disk. Each is on record by itself as long as its kind, its peer
 * and all together stay within what they are allowed; beyond that they are counted, and each minute
 * one record has the counts. Each event has bounds of its own, so that what any stranger can bring
 * about never hides what befell a machine that proved itself. What was counted and not yet written
 * is lost when the process is killed: a minute of refusals of kinds that are on record.
 */
final class Repetitions {
  static final String EVENT = "repeated";

  /** For all that is counted here. */
  static final Duration WINDOW = Duration.ofMinutes(10);

  /** Of one event about one peer for one reason. */
  static final int PER_KIND = 8;

  static final int PER_PEER = 64;

  /** All of one event: this many at once, */
  static final int BURST = 512;

  /** and then one more each. */
  static final Duration REFILL = Duration.ofSeconds(15);

  static final Duration SUMMARY = Duration.ofMinutes(1);

  /** As many kinds of an event as one record names; the others are one number for each event. */
  static final int MAX_NAMED = 16;

  /** Of them, one peer's. */
  static final int MAX_NAMED_PER_PEER = 12;

  private final LongSupplier nanoTime;
  private final InstantSource clock;

  /** By event, of which there are a few. */
  private final Map<String, Bounds> bounds = new HashMap<>();

  private Summary counted = new Summary();
  private long countedSince;

  private record Kind(String event, Repetition what) {}

  /** What one event is allowed. */
  private static final class Bounds {
    private final Allowances<Repetition> kinds = new Allowances<>(PER_KIND, WINDOW);
    private final Allowances<String> peers = new Allowances<>(PER_PEER, WINDOW);
    private double left = BURST;
    private long filled;

    private Bounds(long now) {
      this.filled = now;
    }

    private boolean allow(Repetition what, long now) {
      left = Math.min(BURST, left + (double) (now - filled) / REFILL.toNanos());
      filled = now;
      if (!kinds.has(what, now) || !peers.has(what.peer(), now) || left < 1) {
        return false;
      }
      kinds.use(what, now);
      peers.use(what.peer(), now);
      left--;
      return true;
    }
  }

  private record Count(long times, Instant first, Instant last) {
    Count and(Count other) {
      return new Count(
          times + other.times,
          first.isBefore(other.first) ? first : other.first,
          last.isAfter(other.last) ? last : other.last);
    }

    void describe(ObjectNode json) {
      json.put("count", times)
          .put("first", AuditRecord.time(first))
          .put("last", AuditRecord.time(last));
    }
  }

  /** What was counted. */
  static final class Summary {
    private final Map<Kind, Count> named = new LinkedHashMap<>();
    private final Map<String, Count> others = new LinkedHashMap<>();

    private void add(Kind kind, Count count) {
      if (named.containsKey(kind) || hasPlace(kind)) {
        named.merge(kind, count, Count::and);
      } else {
        others.merge(kind.event(), count, Count::and);
      }
    }

    private boolean hasPlace(Kind kind) {
      int ofEvent = 0;
      int ofPeer = 0;
      for (Kind other : named.keySet()) {
        if (other.event().equals(kind.event())) {
          ofEvent++;
          ofPeer += other.what().peer().equals(kind.what().peer()) ? 1 : 0;
        }
      }
      return ofEvent < MAX_NAMED && ofPeer < MAX_NAMED_PER_PEER;
    }

    private boolean isEmpty() {
      return named.isEmpty();
    }

    /**
     * {@code {"kinds": [{"event", "peer", "identity"?, "reason", "count", "first", "last"}],
     * "others"?: [{"event", "count", "first", "last"}]}}.
     */
    ObjectNode toJson() {
      ObjectNode json = Json.newObject();
      var kinds = json.putArray("kinds");
      named.forEach((kind, count) -> {
        ObjectNode one = kinds.addObject();
        one.put("event", kind.event()).put("peer", kind.what().peer());
        if (!kind.what().identity().isEmpty()) {
          one.put("identity", kind.what().identity());
        }
        one.put("reason", kind.what().reason());
        count.describe(one);
      });
      if (!others.isEmpty()) {
        var rest = json.putArray("others");
        others.forEach((event, count) -> count.describe(rest.addObject().put("event", event)));
      }
      return json;
    }
  }

  /**
   * @param nanoTime not the clock, which the host may turn
   */
  Repetitions(LongSupplier nanoTime, InstantSource clock) {
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  /** Whether it goes on record by itself; otherwise it is counted now. */
  synchronized boolean byItself(String event, Repetition what) {
    long now = nanoTime.getAsLong();
    if (bounds.computeIfAbsent(event, _ -> new Bounds(now)).allow(what, now)) {
      return true;
    }
    if (counted.isEmpty()) {
      countedSince = now;
    }
    Instant at = clock.instant();
    counted.add(new Kind(event, what), new Count(1, at, at));
    return false;
  }

  /**
   * What is to be put on record now; the caller has it from here on.
   *
   * @param all also what would still have time
   */
  synchronized Optional<Summary> due(boolean all) {
    if (counted.isEmpty() || (!all && nanoTime.getAsLong() - countedSince < SUMMARY.toNanos())) {
      return Optional.empty();
    }
    Summary due = counted;
    counted = new Summary();
    return Optional.of(due);
  }

  /** What could not be written waits for the next time. */
  synchronized void giveBack(Summary summary) {
    Summary later = counted;
    counted = summary;
    later.named.forEach(counted::add);
    later.others.forEach((event, count) -> counted.others.merge(event, count, Count::and));
    countedSince = nanoTime.getAsLong();
  }
}
