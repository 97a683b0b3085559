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
 * lost its answer on the way gets that answer, and no second token. Only the very machine gets it,
 * over a new proof. It is kept in memory alone, and zeroed when its time is over.
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
   * @param capacity how many machines' answers are kept; the oldest goes first, and its machine
   *     would get a second token
   */
  Answers(InstantSource clock, Duration validity, int capacity) {
    this.clock = clock;
    this.validity = validity;
    this.capacity = capacity;
  }

  /** Makes a ticket. */
  @FunctionalInterface
  interface Issuing {
    /**
     * @param token of the machine's last ticket, where that was for the same name, role and disk
     */
    Issued issue(Optional<String> token) throws CallException, MalformedException;
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
   * @param until not put off when the token is given again
   */
  private record Kept(
      Bytes request,
      Triple triple,
      Secret response,
      String components,
      List<String> principals,
      Instant until) {
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

  /** What a machine asks to be. */
  private record Triple(String disk, String node, boolean controlPlane) {}

  /**
   * The ticket that answers a request.
   *
   * @param machine its proven identity; empty: unknown, and nothing is kept
   * @param digest over everything that the ticket depends on
   */
  Answer answer(String machine, TicketRequest request, Bytes digest, Issuing issuing)
      throws CallException, MalformedException, InterruptedException {
    if (machine.isEmpty()) {
      return new Answer(issuing.issue(Optional.empty()), false);
    }
    var mine = new CompletableFuture<Void>();
    for (var other = underWay.putIfAbsent(machine, mine);
        other != null;
        other = underWay.putIfAbsent(machine, mine)) {
      await(other);
    }
    try {
      return answerAlone(machine, request, digest, issuing);
    } finally {
      underWay.remove(machine, mine);
      mine.complete(null);
    }
  }

  private Answer answerAlone(String machine, TicketRequest request, Bytes digest, Issuing issuing)
      throws CallException, MalformedException {
    var triple = new Triple(request.diskKeyId(), request.nodeName(), request.controlPlane());
    Optional<String> token = Optional.empty();
    Instant until = clock.instant().plus(validity);
    Optional<Last> last = last(machine);
    if (last.isPresent()) {
      if (last.get().request().equals(digest)) {
        return new Answer(last.get().issued(), true);
      }
      if (last.get().triple().equals(triple)) {
        token = Optional.of(last.get().issued().response().getToken());
        until = last.get().until();
      }
    }
    Issued issued = issuing.issue(token);
    keep(machine, digest, triple, issued, until);
    return new Answer(issued, false);
  }

  private record Last(Bytes request, Triple triple, Issued issued, Instant until) {}

  private synchronized Optional<Last> last(String machine) {
    sweep();
    return Optional.ofNullable(kept.get(machine))
        .map(one -> new Last(one.request(), one.triple(), one.issued(), one.until()));
  }

  private synchronized void keep(
      String machine, Bytes request, Triple triple, Issued issued, Instant until) {
    forget(machine);
    while (kept.size() >= capacity) {
      forget(kept.keySet().iterator().next());
    }
    Secret response = Secret.takeOver(issued.response().toByteArray());
    kept.put(
        machine,
        new Kept(
            request, triple, response, issued.componentsReference(), issued.principals(), until));
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
