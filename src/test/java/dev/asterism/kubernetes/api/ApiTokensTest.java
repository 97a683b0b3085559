package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.testing.kubernetes.FakeApiServer;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** A ticket has one token and one Secret, whatever is lost on the way. */
@Timeout(120)
class ApiTokensTest {
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);
  private static final Duration TTL = BootstrapTokens.TTL;
  private static final TokenHolder HOLDER = TokenHolder.of("ak-1", "worker-1", false, "disk");
  private static final TicketNumber TICKET = new TicketNumber(1, NOW);

  @TempDir private Path folder;

  private FakeApiServer fake;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeApiServer();
    server = new ApiServer(() -> fake.access("any"), Duration.ofMinutes(1));
    newAuthority();
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  private void newAuthority() throws Exception {
    var authority = CertificateAuthority.create("kubernetes", NOW, NOW.plus(Duration.ofDays(1)));
    Path pki = Files.createDirectories(folder.resolve("pki"));
    Files.writeString(pki.resolve("ca.crt"), authority.certificatePem());
    try (Secret key = authority.privateKeyPem()) {
      Files.write(pki.resolve("ca.key"), key.expose());
    }
  }

  /** Each time another join-service, which remembers nothing. */
  private BootstrapToken ask(TokenHolder holder, TicketNumber ticket) throws IOException {
    var own = new ControlPlaneFolder(folder, InstantSource.system());
    return new ApiTokens(server, own, Duration.ofMillis(50)).create(TTL, holder, ticket);
  }

  private int secrets() {
    return fake.count(Resource.SECRETS.path());
  }

  private static String path(BootstrapToken token) {
    return Resource.SECRETS.path(BootstrapTokens.secretName(token));
  }

  @Test
  void aTokenIsTheSecretThatKubernetesKnows() throws Exception {
    BootstrapToken token = ask(HOLDER, TICKET);
    assertEquals(token, BootstrapTokens.fromSecret(fake.object(path(token))));
    assertEquals(NOW.plus(TTL), token.expires());
  }

  @Test
  void everyJoinServiceGivesTheSameForTheSameTicket() throws Exception {
    BootstrapToken token = ask(HOLDER, TICKET);
    assertEquals(token, ask(HOLDER, TICKET));
    assertEquals(1, secrets());
  }

  @Test
  void aSecretWhoseAnswerIsLostIsNotMadeTwice() throws Exception {
    fake.loseAnswer("POST", Resource.SECRETS.path());
    BootstrapToken token = ask(HOLDER, TICKET);
    assertEquals(1, secrets());
    assertEquals(token, ask(HOLDER, TICKET));
  }

  @Test
  void joinServicesThatAreAskedAtOnceGiveOneToken() throws Exception {
    var tokens = new HashSet<BootstrapToken>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var token :
          IntStream.range(0, 8).mapToObj(_ -> threads.submit(() -> ask(HOLDER, TICKET))).toList()) {
        tokens.add(token.get());
      }
    }
    assertEquals(1, tokens.size());
    assertEquals(1, secrets());
  }

  /** What a token depends on: each of these alone is another secret. */
  @Test
  void anotherMachinePurposeNumberTimeOrAuthorityIsAnotherToken() throws Exception {
    var secrets = new HashSet<String>();
    secrets.add(ask(HOLDER, TICKET).secret());
    secrets.add(ask(new TokenHolder("ak-2", HOLDER.purpose()), TICKET).secret());
    secrets.add(ask(TokenHolder.of("ak-1", "worker-2", false, "disk"), TICKET).secret());
    secrets.add(ask(TokenHolder.of("ak-1", "worker-1", true, "disk"), TICKET).secret());
    secrets.add(ask(TokenHolder.of("ak-1", "worker-1", false, "other"), TICKET).secret());
    secrets.add(ask(HOLDER, new TicketNumber(2, NOW)).secret());
    secrets.add(ask(HOLDER, new TicketNumber(1, NOW.plusSeconds(1))).secret());
    newAuthority();
    secrets.add(ask(HOLDER, TICKET).secret());
    assertEquals(8, secrets.size());
    assertEquals(8, secrets());
  }

  /** An old token's name, or by chance another machine's. */
  @Test
  void whatLiesInTheWayIsLeftAloneAndNobodyGetsATokenThatDoesNotCount() throws Exception {
    BootstrapToken own = ask(HOLDER, TICKET);
    ObjectNode foreign = Json.newObject();
    foreign.putObject("metadata").put("name", BootstrapTokens.secretName(own));
    fake.put(path(own), foreign);

    BootstrapToken next = ask(HOLDER, TICKET);

    assertNotEquals(own.id(), next.id());
    assertTrue(server.authenticates(next.token()));
    assertEquals(foreign.path("data"), fake.object(path(own)).path("data"));
    assertEquals(next, ask(HOLDER, TICKET));
    assertEquals(2, secrets());
  }

  @Test
  void aMachineHasNoMoreTokensThanNames() throws Exception {
    for (int number = 1; number <= TokenHolder.PLACES; number++) {
      var _ = ask(HOLDER, new TicketNumber(number, NOW));
    }
    var ninth = new TicketNumber(TokenHolder.PLACES + 1, NOW);
    var full = assertThrows(IOException.class, () -> ask(HOLDER, ninth));
    assertTrue(full.getMessage().contains("15 minutes"), full.getMessage());
    assertEquals(TokenHolder.PLACES, secrets());
  }

  /** The next ticket of a machine need not look where its last ones lie. */
  @Test
  void eachTicketHasANameOfItsOwn() throws Exception {
    var ids = new HashSet<String>();
    for (int number = 1; number <= TokenHolder.PLACES; number++) {
      ids.add(ask(HOLDER, new TicketNumber(number, NOW)).id());
    }
    assertEquals(TokenHolder.PLACES, ids.size());
    assertEquals(
        TokenHolder.PLACES,
        fake.calls().stream().filter(("POST " + Resource.SECRETS.path())::equals).count());
  }

  /** Nobody can take a name before its machine comes. */
  @Test
  void aNameIsKnownToNobodyWithoutTheKey() throws Exception {
    BootstrapToken own = ask(HOLDER, TICKET);
    newAuthority();
    assertNotEquals(own.id(), ask(HOLDER, TICKET).id());
  }
}
