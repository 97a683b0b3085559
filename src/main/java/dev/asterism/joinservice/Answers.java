package dev.asterism.joinservice;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.crypto.Secret;
import dev.asterism.joinservice.Tickets.Issued;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * The last ticket of each machine, for as long as it may ask again for the same one: a node that
 * lost its answer on the way gets that answer. Only the very machine gets it, over a new proof. It
 * is kept in memory alone, and zeroed when its time is over; after that, and after a crash, the
 * machine is given a ticket with the same keys, newly signed certificates, and the token of its
 * {@link dev.asterism.kubernetes.TicketNumber}.
 */
final class Answers implements AutoCloseable {
  private final InstantSource clock;
  private final Duration validity;
  private final int capacity;

  /** By machine, the oldest first. */
  private final Map<String, Kept> kept = new LinkedHashMap<>();

  /** Machines whose ticket is being made: they wait for themselves only. */
  private final Map<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  /**
   * @param capacity how many machines' answers are kept; the oldest goes first
   */
  Answers(InstantSource clock, Duration validity, int capacity) {
    this.clock = clock;
    this.validity = validity;
    this.capacity = capacity;
  }

  /** Makes a ticket. */
  @FunctionalInterface
  interface Issuing {
    Issued issue() throws CallException, MalformedException;
  }

  /**
   * A ticket, and whether it was given before.
   *
   * @param repeated whether the machine asked for exactly this a moment ago
   */
  record Answer(Issued issued, boolean repeated) {}

  /**
   * @param request digest over everything that the ticket depends on
   * @param response serialized
   */
  private record Kept(
      Bytes request, Secret response, String components, List<String> principals, Instant until) {
    Issued issued() {
      return new Issued(
          response.use(bytes -> {
            try {
              return IssueJoinTicketResponse.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
              throw new IllegalStateException(e);
            }
          }),
          components,
          principals);
    }
  }

  /**
   * The ticket that answers a request.
   *
   * @param machine its proven identity; empty: unknown, and nothing is kept
   * @param digest over everything that the ticket depends on
   */
  Answer answer(String machine, Bytes digest, Issuing issuing)
      throws CallException, MalformedException, InterruptedException {
    if (machine.isEmpty()) {
      return new Answer(issuing.issue(), false);
    }
    var mine = new CompletableFuture<Void>();
    for (var other = underWay.putIfAbsent(machine, mine);
        other != null;
        other = underWay.putIfAbsent(machine, mine)) {
      await(other);
    }
    try {
      return answerAlone(machine, digest, issuing);
    } finally {
      underWay.remove(machine, mine);
      mine.complete(null);
    }
  }

  private Answer answerAlone(String machine, Bytes digest, Issuing issuing)
      throws CallException, MalformedException {
    Optional<Issued> last = last(machine, digest);
    if (last.isPresent()) {
      return new Answer(last.get(), true);
    }
    Issued issued = issuing.issue();
    keep(machine, digest, issued);
    return new Answer(issued, false);
  }

  private synchronized Optional<Issued> last(String machine, Bytes digest) {
    sweep();
    return Optional.ofNullable(kept.get(machine))
        .filter(one -> one.request().equals(digest))
        .map(Kept::issued);
  }

  private synchronized void keep(String machine, Bytes request, Issued issued) {
    forget(machine);
    while (kept.size() >= capacity) {
      forget(kept.keySet().iterator().next());
    }
    kept.put(
        machine,
        new Kept(
            request,
            Secret.takeOver(issued.response().toByteArray()),
            issued.componentsReference(),
            issued.principals(),
            clock.instant().plus(validity)));
  }

  private void forget(String machine) {
    Kept one = kept.remove(machine);
    if (one != null) {
      one.response().close();
    }
  }

  private static void await(CompletableFuture<Void> other) throws InterruptedException {
    try {
      other.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Zeroes what may not be given again; to be called now and then. */
  synchronized void sweep() {
    Instant now = clock.instant();
    kept.values()
        .removeIf(one -> {
          boolean over = !now.isBefore(one.until());
          if (over) {
            one.response().close();
          }
          return over;
        });
  }

  /** How many are kept. */
  synchronized int size() {
    return kept.size();
  }

  @Override
  public synchronized void close() {
    kept.values().forEach(one -> one.response().close());
    kept.clear();
  }
}
