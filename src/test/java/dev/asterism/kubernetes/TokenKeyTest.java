package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class TokenKeyTest {
  private static final TokenHolder HOLDER = TokenHolder.of("ak-1", "worker-1", false, "disk");
  private static final Instant SINCE = Instant.parse("2026-05-01T12:00:00Z");

  private final TokenKey key = TokenKey.of(Secret.copyOf(Bytes.ofUtf8("the file ca.key")));

  /** By another program's HKDF: join-services of two versions must agree while one is replaced. */
  @Test
  void theDerivationIsFixed() {
    assertEquals(
        new BootstrapToken(
            "zwunu1", "rk8qcy04157tlxet", SINCE.plusSeconds(BootstrapTokens.TTL.toSeconds())),
        key.token(HOLDER, new TicketNumber(2, SINCE), 3, BootstrapTokens.TTL));
  }

  /** A number may be short. */
  @Test
  void everyTokenHasKubernetesForm() {
    var tokens = new HashSet<String>();
    for (int number = 1; number <= 500; number++) {
      tokens.add(
          key.token(HOLDER, new TicketNumber(number, SINCE), 0, BootstrapTokens.TTL).token());
    }
    assertEquals(500, tokens.size());
  }
}
