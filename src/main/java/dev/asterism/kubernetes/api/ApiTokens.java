package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.TokenHolder;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The bootstrap tokens of machines. Whoever may read or delete Secrets of {@code kube-system} may
 * do so with the master secret too, so this only creates them: each process knows its own tokens
 * again, and the names that follow from a machine bound how many it has from all processes.
 */
final class ApiTokens {
  private static final Logger LOG = System.getLogger(ApiTokens.class.getName());

  /** More than any storm; beyond it, a machine that asks again takes its next name. */
  private static final int MAX_KNOWN = 16 * 1024;

  private final ApiServer server;
  private final BootstrapTokens tokens;
  private final InstantSource clock;

  /** By machine. */
  private final Map<String, Given> known = new ConcurrentHashMap<>();

  private record Given(BootstrapToken token, String purpose, Instant since) {
    /** Neither the token nor its half. */
    @Override
    public String toString() {
      return "Given(" + token.id() + ")";
    }
  }

  ApiTokens(ApiServer server, BootstrapTokens tokens, InstantSource clock) {
    this.server = server;
    this.tokens = tokens;
    this.clock = clock;
  }

  /**
   * @throws IOException if the API server does not answer, or all names of this machine are taken
   *     by tokens that are not over
   */
  BootstrapToken create(Duration ttl, TokenHolder holder) throws IOException {
    Optional<BootstrapToken> again = again(holder, TokenHolder.REUSE);
    if (again.isPresent()) {
      return again.get();
    }
    for (int place = 0; place < TokenHolder.PLACES; place++) {
      BootstrapToken fresh = tokens.create(holder.tokenId(place), ttl);
      if (server.create(Resource.SECRETS, BootstrapTokens.toSecret(fresh, holder))) {
        remember(holder, fresh);
        LOG.log(Level.INFO, "bootstrap token {0} is valid until {1}", fresh.id(), fresh.expires());
        return fresh;
      }
    }
    // A short one is better than none.
    return again(holder, ttl)
        .orElseThrow(() ->
            new IOException(
                "this machine has "
                    + TokenHolder.PLACES
                    + " bootstrap tokens: the first is over within "
                    + ttl.toMinutes()
                    + " minutes"));
  }

  /** What this process gave the machine for the same, if it is younger than that and still good. */
  private Optional<BootstrapToken> again(TokenHolder holder, Duration young) throws IOException {
    Given given = known.get(holder.machine());
    Instant now = clock.instant();
    if (given == null
        || !given.purpose().equals(holder.purpose())
        || !given.since().plus(young).isAfter(now)
        || !given.token().expires().isAfter(now)) {
      return Optional.empty();
    }
    // An operator may have deleted it.
    if (server.authenticates(given.token().token())) {
      return Optional.of(given.token());
    }
    known.remove(holder.machine(), given);
    return Optional.empty();
  }

  private void remember(TokenHolder holder, BootstrapToken token) {
    Instant now = clock.instant();
    if (known.size() >= MAX_KNOWN) {
      known.values().removeIf(given -> !given.token().expires().isAfter(now));
    }
    if (known.size() < MAX_KNOWN) {
      known.put(holder.machine(), new Given(token, holder.purpose(), now));
    }
  }
}
