package dev.asterism.kubernetes.api;

import java.io.IOException;
import java.util.Optional;

/**
 * How to reach an API server, and as whom.
 *
 * @param server {@code https://host:port}
 * @param authority who signs its certificate, PEM; empty: nobody is known, and nothing is believed
 *     but by {@link Discovery}
 * @param token a bearer token: a service account's or a bootstrap token
 * @param identity a client certificate
 */
public record Access(
    String server, String authority, Optional<String> token, Optional<Identity> identity) {
  /**
   * @param certificate PEM
   * @param key PEM; not in {@link #toString}
   */
  public record Identity(String certificate, String key) {
    @Override
    public String toString() {
      return "Identity(<redacted>)";
    }
  }

  /** Reads it where it is kept; asked again and again, so that what was rotated counts. */
  @FunctionalInterface
  public interface Source {
    Access read() throws IOException;
  }

  /** By a bearer token. */
  public static Access byToken(String server, String authority, String token) {
    return new Access(server, authority, Optional.of(token), Optional.empty());
  }

  /** By a client certificate. */
  public static Access byCertificate(
      String server, String authority, String certificate, String key) {
    return new Access(
        server, authority, Optional.empty(), Optional.of(new Identity(certificate, key)));
  }

  /** Without the token and the key. */
  @Override
  public String toString() {
    return "Access(" + server + ")";
  }
}
