package dev.asterism.collateral;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Asks a vendor's service. */
public interface Upstream {
  /**
   * Makes one GET request.
   *
   * @param limit the largest body, in bytes
   * @param timeout for all of it, the body included
   * @throws IOException if there is no whole answer within the limits; the message is for people
   */
  Reply get(URI uri, int limit, Duration timeout) throws IOException, InterruptedException;

  /**
   * An answer.
   *
   * @param headers by lower-case name, the first value of each
   */
  record Reply(int status, Map<String, String> headers, Bytes body) {
    public Reply {
      headers = Map.copyOf(headers);
    }

    Optional<String> header(String lowerCaseName) {
      return Optional.ofNullable(headers.get(lowerCaseName));
    }
  }
}
