package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.collateral.Upstream.Reply;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Requests that are under way upstream: one for each thing, whoever waits for it. */
final class Flights {
  private static final System.Logger LOG = System.getLogger(Flights.class.getName());
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int TOO_MANY = 429;
  private static final int SERVER_ERROR = 500;

  private final Map<String, CompletableFuture<Outcome>> inFlight = new ConcurrentHashMap<>();
  private final AtomicInteger flying = new AtomicInteger();
  private final Map<String, URI> services;
  private final Upstream upstream;
  private final Memory memory;
  private final Limits limits;
  private final InstantSource clock;
  private final Waiting waiting;
  private final Gates gates;
  private final Refusals refusals = new Refusals();

  Flights(
      Map<String, URI> services,
      Upstream upstream,
      Memory memory,
      Limits limits,
      InstantSource clock,
      Waiting waiting) {
    this.services = Map.copyOf(services);
    this.upstream = upstream;
    this.memory = memory;
    this.limits = limits;
    this.clock = clock;
    this.waiting = waiting;
    this.gates = new Gates();
  }

  /** How one ended. */
  sealed interface Outcome {
    /** It is in the memory now. */
    record Arrived() implements Outcome {}

    /**
     * @param reason for people, without the answer's content
     */
    record Failed(String reason) implements Outcome {}
  }

  /**
   * The flight for that thing: the one under way, or a new one.
   *
   * @param arrived whether one has landed since the caller looked: then there is none
   */
  CompletableFuture<Outcome> join(EndorsementRequest request, BooleanSupplier arrived) {
    URI base = services.get(request.service());
    if (base == null) {
      return failed(request.service() + " is not asked: there is no base URL for it");
    }
    Optional<String> refusal = refusals.of(request.key(), clock.instant());
    if (refusal.isPresent()) {
      return failed(refusal.get());
    }
    var own = new CompletableFuture<Outcome>();
    CompletableFuture<Outcome> before = inFlight.putIfAbsent(request.key(), own);
    if (before != null) {
      return before;
    }
    if (arrived.getAsBoolean()) {
      inFlight.remove(request.key(), own);
      own.complete(new Outcome.Arrived());
      return own;
    }
    if (flying.incrementAndGet() > limits.flights()) {
      land(request, own, new Outcome.Failed("too many requests to " + request.service()));
      return own;
    }
    Thread.ofVirtual().name("collateral " + request.service()).start(() -> fly(request, base, own));
    return own;
  }

  private static CompletableFuture<Outcome> failed(String reason) {
    return CompletableFuture.completedFuture(new Outcome.Failed(reason));
  }

  private void fly(EndorsementRequest request, URI base, CompletableFuture<Outcome> own) {
    Outcome outcome = new Outcome.Failed(request.service() + ": interrupted");
    try {
      outcome = attempts(request, base);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "collateral " + request.key() + ": failed", e);
      outcome = new Outcome.Failed(request.service() + ": failed unexpectedly, see the log");
    }
    land(request, own, outcome);
  }

  private void land(EndorsementRequest request, CompletableFuture<Outcome> own, Outcome outcome) {
    if (outcome instanceof Outcome.Failed(String reason)) {
      LOG.log(Level.WARNING, "collateral {0}: {1}", request.path(), reason);
    }
    flying.decrementAndGet();
    inFlight.remove(request.key(), own);
    own.complete(outcome);
  }

  private Outcome attempts(EndorsementRequest request, URI base) throws InterruptedException {
    Instant end = clock.instant().plus(limits.flight());
    String reason = "no answer";
    for (int attempt = 0; ; attempt++) {
      Duration pause = Duration.between(clock.instant(), gates.opens(request.service()));
      if (clock.instant().plus(pause).isAfter(end)) {
        String when = " until " + gates.opens(request.service());
        return refuse(request, limits.failed(), reason + "; it is not asked again" + when);
      }
      if (pause.isPositive()) {
        waiting.pause(pause);
      }
      Duration left = Duration.between(clock.instant(), end);
      if (!left.isPositive()) {
        return refuse(request, limits.failed(), reason);
      }
      Duration timeout = left.compareTo(limits.request()) < 0 ? left : limits.request();
      try {
        Reply reply = upstream.get(URI.create(base + request.path()), request.limit(), timeout);
        switch (reply.status()) {
          case OK -> {
            gates.open(request.service());
            return accept(request, reply);
          }
          case NOT_FOUND -> {
            return refuse(request, limits.absent(), "it does not have that (404)");
          }
          default -> {
            reason = "it answered " + reply.status();
            if (reply.status() != TOO_MANY && reply.status() < SERVER_ERROR) {
              return refuse(request, limits.absent(), reason);
            }
            gates.close(
                request.service(), clock.instant().plus(BackOff.pause(reply, attempt, clock)));
          }
        }
      } catch (IOException e) {
        reason = String.valueOf(e.getMessage());
        gates.close(request.service(), clock.instant().plus(BackOff.exponential(attempt)));
      }
    }
  }

  private Outcome accept(EndorsementRequest request, Reply reply) {
    var headers = new java.util.TreeMap<String, String>();
    for (String name : request.headers()) {
      String lower = name.toLowerCase(java.util.Locale.ROOT);
      reply.header(lower).ifPresent(value -> headers.put(lower, value));
    }
    var endorsement = new Endorsement(reply.body(), headers);
    Instant now = clock.instant();
    try {
      Endorsement.Life life = request.inspection().inspect(endorsement);
      Memory.Known counts = memory.add(request, new Stored(request.key(), now, endorsement), life);
      if (counts.life().issued().isAfter(life.issued())) {
        return refuse(
            request,
            limits.failed(),
            "it served one of "
                + life.issued()
                + ", and one of "
                + counts.life().issued()
                + " is known");
      }
      if (now.isAfter(life.usableUntil())) {
        return refuse(
            request, limits.failed(), "it served one that counted until " + life.usableUntil());
      }
      return new Outcome.Arrived();
    } catch (MalformedException e) {
      return refuse(request, limits.failed(), "what it served is not usable: " + e.getMessage());
    }
  }

  private Outcome refuse(EndorsementRequest request, Duration time, String reason) {
    String whole = request.service() + ": " + reason;
    refusals.add(request.key(), whole, clock.instant().plus(time));
    return new Outcome.Failed(whole);
  }
}
