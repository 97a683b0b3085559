package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.testing.TestClock;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine has one token at most, whoever asks for it. */
class StandaloneTokensTest {
  private static final Duration TTL = BootstrapTokens.TTL;
  private static final TokenHolder HOLDER = TokenHolder.of("ak-1", "worker-1", false, "disk");

  @TempDir Path folder;
  private final TestClock clock = new TestClock(Instant.parse("2026-05-01T12:00:00Z"));
  private final BootstrapTokens made = new BootstrapTokens(clock, new SecureRandom());
  private ObjectStore store;

  @BeforeEach
  void open() {
    store = new ObjectStore(folder.resolve("objects"));
  }

  /** As another process would ask. */
  private BootstrapToken ask(TokenHolder holder) throws IOException {
    return new StandaloneTokens(
            new ObjectStore(folder.resolve("objects")),
            new BootstrapTokens(clock, new SecureRandom()))
        .create(TTL, holder);
  }

  private int secrets() throws IOException {
    return store.names(Kind.SECRETS).size();
  }

  @Test
  void aTokenIsGivenAgainToTheSameMachineForTheSame() throws Exception {
    BootstrapToken first = ask(HOLDER);
    assertEquals(clock.instant().plus(TTL), first.expires());
    clock.advance(Duration.ofMinutes(5).minusSeconds(1));
    assertEquals(first, ask(HOLDER));
    assertEquals(1, secrets());
  }

  @Test
  void aTokenThatIsNotYoungIsReplaced() throws Exception {
    BootstrapToken first = ask(HOLDER);
    clock.advance(Duration.ofMinutes(5));
    BootstrapToken second = ask(HOLDER);
    assertNotEquals(first.secret(), second.secret());
    assertEquals(clock.instant().plus(TTL), second.expires());
    assertEquals(1, secrets());
  }

  @Test
  void anotherNameRoleOrDiskReplacesIt() throws Exception {
    for (TokenHolder other :
        List.of(
            TokenHolder.of("ak-1", "worker-2", false, "disk"),
            TokenHolder.of("ak-1", "worker-1", true, "disk"),
            TokenHolder.of("ak-1", "worker-1", false, "other"))) {
      BootstrapToken first = ask(HOLDER);
      assertNotEquals(first.secret(), ask(other).secret());
      assertEquals(1, secrets());
    }
  }

  @Test
  void anotherMachineHasAnotherToken() throws Exception {
    BootstrapToken first = ask(HOLDER);
    BootstrapToken other = ask(new TokenHolder("ak-2", HOLDER.purpose()));
    assertNotEquals(first.id(), other.id());
    assertEquals(first, ask(HOLDER));
  }

  /** Names are short: another machine's, or an admin's own token, may be in the way. */
  @Test
  void leavesAloneWhatLiesInTheWay() throws Exception {
    BootstrapToken admins = made.create(HOLDER.tokenId(0), TTL);
    store.apply(Kind.SECRETS, BootstrapTokens.secretName(admins), BootstrapTokens.toSecret(admins));
    BootstrapToken others = made.create(HOLDER.tokenId(1), TTL);
    store.apply(
        Kind.SECRETS,
        BootstrapTokens.secretName(others),
        BootstrapTokens.toSecret(others, new TokenHolder("ak-2", HOLDER.purpose())));
    store.apply(
        Kind.SECRETS,
        BootstrapTokens.secretName(HOLDER.tokenId(2)),
        Json.newObject().put("type", "Opaque"));

    BootstrapToken token = ask(HOLDER);

    assertEquals(HOLDER.tokenId(3), token.id());
    assertEquals(token, ask(HOLDER));
    assertEquals(4, secrets());
    assertEquals(
        admins,
        BootstrapTokens.fromSecret(
            store.get(Kind.SECRETS, BootstrapTokens.secretName(admins)).orElseThrow()));
  }

  @Test
  void saysWhenNoNameIsLeft() throws Exception {
    for (int place = 0; place < TokenHolder.PLACES; place++) {
      BootstrapToken other = made.create(HOLDER.tokenId(place), TTL);
      store.apply(Kind.SECRETS, BootstrapTokens.secretName(other), BootstrapTokens.toSecret(other));
    }
    assertThrows(IOException.class, () -> ask(HOLDER));
  }

  @Test
  void allWhoAskAtOnceGetOneToken() throws Exception {
    for (Duration passed : List.of(Duration.ZERO, Duration.ofMinutes(6))) {
      clock.advance(passed);
      var tokens = new HashSet<BootstrapToken>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (var token :
            IntStream.range(0, 16).mapToObj(_ -> threads.submit(() -> ask(HOLDER))).toList()) {
          tokens.add(token.get());
        }
      }
      assertEquals(1, tokens.size());
      assertEquals(1, secrets());
    }
  }

  @Test
  void theIdsOfManyMachinesDiffer() {
    var ids = new HashSet<String>();
    IntStream.range(0, 1000).forEach(i -> ids.add(new TokenHolder("ak-" + i, "").tokenId(0)));
    assertTrue(ids.size() > 990, ids.size() + " of 1000");
    assertFalse(new TokenHolder("ak-1", "").tokenId(0).equals(HOLDER.tokenId(1)));
  }
}
