package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.kubernetes.TokenKey;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/**
 * The bootstrap tokens of machines. Whoever may read or delete Secrets of {@code kube-system} may
 * do so with the master secret too, so this only creates them: the same ticket has the same token
 * everywhere, and a name that is taken is taken by it. The names that follow from a machine bound
 * how many it has.
 */
final class ApiTokens {
  private static final Logger LOG = System.getLogger(ApiTokens.class.getName());

  private final ApiServer server;
  private final ControlPlaneFolder folder;
  private final Duration doubt;

  /**
   * @param doubt how long an API server may take to know a token that it has: one that was started
   *     just now reads all Secrets first
   */
  ApiTokens(ApiServer server, ControlPlaneFolder folder, Duration doubt) {
    this.server = server;
    this.folder = folder;
    this.doubt = doubt;
  }

  /**
   * @throws IOException if the API server does not answer, or all names of this machine are taken
   *     by tokens that are not over
   */
  BootstrapToken create(Duration ttl, TokenHolder holder, TicketNumber ticket) throws IOException {
    TokenKey key = folder.tokenKey();
    Duration patience = doubt;
    for (int i = 0; i < TokenHolder.PLACES; i++) {
      int place = Math.floorMod(ticket.number() + i, TokenHolder.PLACES);
      BootstrapToken token = key.token(holder, ticket, place, ttl);
      if (server.create(Resource.SECRETS, BootstrapTokens.toSecret(token, holder))) {
        LOG.log(Level.INFO, "bootstrap token {0} is valid until {1}", token.id(), token.expires());
        return token;
      }
      // To read the Secret would be to read the master secret too, so the token itself is tried:
      // nobody gets one that does not count.
      if (server.authenticates(token.token(), patience)) {
        LOG.log(Level.INFO, "bootstrap token {0} is there already", token.id());
        return token;
      }
      patience = ApiServer.shorter(doubt, ApiServer.DOUBT);
    }
    throw new IOException(
        "this machine has "
            + TokenHolder.PLACES
            + " bootstrap tokens: the first is over within "
            + ttl.toMinutes()
            + " minutes");
  }
}
