package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.attestation.EndorsementSource;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Endorsements from memory, then disk, then the vendor's service. What is there and counts is
 * answered at once, also while a newer one is looked for; what is not is asked for once, whoever
 * waits for it; nobody waits longer than {@link Limits#patience}.
 */
public final class CachedEndorsements implements EndorsementSource {
  private final Memory memory;
  private final Flights flights;
  private final Limits limits;
  private final InstantSource clock;
  private final Waiting waiting;

  /**
   * @param services base URLs by name; a service that is not listed is never asked
   * @param folder where things are kept; null: in memory alone
   */
  public CachedEndorsements(
      Map<String, URI> services,
      Upstream upstream,
      @Nullable CacheFolder folder,
      Limits limits,
      InstantSource clock,
      Waiting waiting) {
    this.memory = new Memory(folder);
    this.flights = new Flights(services, upstream, memory, limits, clock, waiting);
    this.limits = limits;
    this.clock = clock;
    this.waiting = waiting;
  }

  @Override
  public Answer get(EndorsementRequest request) {
    Instant now = clock.instant();
    Optional<Memory.Known> known = memory.find(request);
    if (known.isPresent() && counts(known.get(), now)) {
      if (!isFresh(known.get(), now)) {
        var _ = fly(request);
      }
      return new Answer.Found(known.get().stored().endorsement());
    }
    return await(request, fly(request));
  }

  @Override
  public Endorsement newest(EndorsementRequest request, Endorsement presented) {
    Optional<Stored> kept = memory.peek(request);
    if (kept.isPresent()
        && kept.get().endorsement().equals(presented)
        && isFresh(kept.get(), clock.instant())) {
      return presented;
    }
    Memory.Known newest;
    try {
      // Nobody asked the service when this was presented: it is not fresh.
      newest =
          memory.add(
              request,
              new Stored(request.key(), Stored.NEVER, presented),
              request.inspection().inspect(presented));
    } catch (dev.asterism.wire.MalformedException e) {
      throw new IllegalArgumentException("what is presented must have passed inspection", e);
    }
    if (!isFresh(newest, clock.instant())) {
      var _ = fly(request);
    }
    return newest.stored().endorsement();
  }

  /** Asks upstream, unless one who asked before has the answer by now. */
  private CompletableFuture<Flights.Outcome> fly(EndorsementRequest request) {
    return flights.join(
        request,
        () -> {
          Instant now = clock.instant();
          return memory.find(request).filter(k -> counts(k, now) && isFresh(k, now)).isPresent();
        });
  }

  private Answer await(EndorsementRequest request, CompletableFuture<Flights.Outcome> flight) {
    Optional<Flights.Outcome> outcome;
    try {
      outcome = waiting.await(flight, limits.patience());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Unavailable(request.service() + ": interrupted");
    }
    return switch (outcome.orElse(null)) {
      case null ->
          new Answer.Unavailable(
              request.service()
                  + " gave no answer within "
                  + limits.patience().toSeconds()
                  + " s; it is still being asked for "
                  + request.path());
      case Flights.Outcome.Failed(String reason) -> new Answer.Unavailable(reason);
      // Inspected by the one who asked first, and perhaps by other roots.
      case Flights.Outcome.Arrived() ->
          memory
              .find(request)
              .filter(known -> counts(known, clock.instant()))
              .<Answer>map(known -> new Answer.Found(known.stored().endorsement()))
              .orElseGet(() ->
                  new Answer.Unavailable(
                      request.service() + ": what came for " + request.path() + " is not usable"));
    };
  }

  private static boolean counts(Memory.Known known, Instant now) {
    return !now.isAfter(known.life().usableUntil());
  }

  private boolean isFresh(Memory.Known known, Instant now) {
    return !known.life().replaceable() || isFresh(known.stored(), now);
  }

  /** A time to come is one that somebody wrote into the folder, or of a clock that was wrong. */
  private boolean isFresh(Stored stored, Instant now) {
    return !stored.fetchedAt().isAfter(now)
        && !stored.fetchedAt().isBefore(now.minus(limits.fresh()));
  }
}
