package dev.asterism.kubernetes;

import dev.asterism.crypto.Hkdf;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import java.math.BigInteger;
import java.time.Duration;

/**
 * Makes the bootstrap tokens of machines out of the cluster's CA key, which every join-service has
 * and no worker: so each of them makes the same token for the same ticket, without asking the
 * others. Whoever has that key signs himself any certificate that a token is worth.
 */
public final class TokenKey {
  private static final int LENGTH = 32;

  /** The alphabet of tokens is that of numbers to this base. */
  private static final int BASE = 36;

  private static final int ID_LENGTH = 6;
  private static final int SECRET_LENGTH = 16;

  private final Secret key;

  private TokenKey(Secret key) {
    this.key = key;
  }

  /**
   * @param caKey the file {@code ca.key}, which control planes hand on byte by byte
   */
  static TokenKey of(Secret caKey) {
    return new TokenKey(
        Hkdf.sha256(
            caKey, Bytes.EMPTY, Bytes.ofUtf8("asterism bootstrap tokens of machines"), LENGTH));
  }

  /**
   * The token of a machine's ticket. Its public half follows from machine and place alone, so that
   * the places bound how many tokens a machine has; nobody else can tell it in advance.
   *
   * @param place from 0 on, below {@link TokenHolder#PLACES}
   * @param ttl from the ticket's beginning on
   */
  public BootstrapToken token(TokenHolder holder, TicketNumber ticket, int place, Duration ttl) {
    String id = letters("id " + holder.machine() + " " + place, ID_LENGTH);
    String secret =
        letters(
            String.join(
                " ",
                "secret",
                holder.machine(),
                holder.purpose(),
                Long.toString(ticket.number()),
                ticket.since().toString(),
                id),
            SECRET_LENGTH);
    return new BootstrapToken(id, secret, ticket.since().plus(ttl));
  }

  /** All alike likely, to within 2^-170. */
  private String letters(String info, int length) {
    try (Secret bytes = Hkdf.sha256(key, Bytes.EMPTY, Bytes.ofUtf8(info), LENGTH)) {
      BigInteger number = bytes.use(b -> new BigInteger(1, b));
      String text = number.mod(BigInteger.valueOf(BASE).pow(length)).toString(BASE);
      return "0".repeat(length - text.length()) + text;
    }
  }
}
