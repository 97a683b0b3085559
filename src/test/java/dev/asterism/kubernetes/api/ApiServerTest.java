package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.testing.TestAuthority;
import dev.asterism.testing.kubernetes.FakeApiServer;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What is asked again, and what is not. */
@Timeout(120)
class ApiServerTest {
  private static final String NODE = Resource.NODES.path("a");

  private FakeApiServer fake;
  private final AtomicReference<Access> access = new AtomicReference<>();
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeApiServer();
    access.set(fake.access("first"));
    server = new ApiServer(access::get);
  }

  @AfterEach
  void stop() {
    server.close();
    fake.close();
  }

  private static ObjectNode node(String name) {
    ObjectNode node = Json.newObject();
    node.put("apiVersion", "v1").put("kind", "Node").putObject("metadata").put("name", name);
    return node;
  }

  private long asked(String call) {
    return fake.calls().stream().filter(call::equals).count();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 429, 500, 502, 503, 504})
  void asksAgainWhereTheServerIsAwayOrDoesNotKnowYet(int code) throws Exception {
    fake.put(NODE, node("a"));
    fake.fail("GET", NODE, code);
    assertTrue(server.get(Resource.NODES, "a").isPresent());
    assertEquals(2, asked("GET " + NODE));
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 405, 422})
  void doesNotAskAgainWhatIsWrong(int code) {
    fake.fail("POST", Resource.NODES.path(), code);
    var refused = assertThrows(ApiException.class, () -> server.create(Resource.NODES, node("a")));
    assertEquals(code, refused.code());
    assertTrue(refused.getMessage().contains("create nodes"), refused.getMessage());
    assertEquals(1, asked("POST " + Resource.NODES.path()));
  }

  @Test
  void saysSoWhenTheServerStaysAway() {
    fake.close();
    try (var impatient = new ApiServer(access::get, Duration.ofMillis(300))) {
      var away = assertThrows(IOException.class, () -> impatient.get(Resource.NODES, "a"));
      assertTrue(away.getMessage().startsWith("the API server does not answer"), away.getMessage());
      assertFalse(impatient.ready());
    }
  }

  @Test
  void saysWhatItMayNotDo() {
    for (int i = 0; i < 50; i++) {
      fake.fail("GET", NODE, 403);
    }
    try (var impatient = new ApiServer(access::get, Duration.ofMillis(100))) {
      var refused = assertThrows(ApiException.class, () -> impatient.get(Resource.NODES, "a"));
      assertEquals(403, refused.code());
      assertTrue(refused.getMessage().contains("get nodes (403)"), refused.getMessage());
    }
  }

  @Test
  void aNameThatIsTakenIsNoErrorAndNoSuccess() throws Exception {
    assertTrue(server.create(Resource.NODES, node("a")));
    assertFalse(server.create(Resource.NODES, node("a")));
  }

  @Test
  void aCreationWhoseAnswerIsLostIsSeenByItsName() throws Exception {
    fake.loseAnswer("POST", Resource.NODES.path());
    assertFalse(server.create(Resource.NODES, node("a")));
    assertTrue(server.get(Resource.NODES, "a").isPresent());
  }

  @Test
  void replacesTheVersionItSawAndNoOther() throws Exception {
    fake.put(NODE, node("a"));
    ObjectNode seen = server.get(Resource.NODES, "a").orElseThrow();
    assertTrue(server.replace(Resource.NODES, "a", seen));
    assertFalse(server.replace(Resource.NODES, "a", seen));
  }

  @Test
  void deletesTheVersionItSawAndNoOther() throws Exception {
    fake.put(NODE, node("a"));
    server.delete(Resource.NODES, "a", "0");
    ObjectNode seen = server.get(Resource.NODES, "a").orElseThrow();
    server.delete(Resource.NODES, "a", AdmissionJournal.version(seen));
    assertTrue(server.get(Resource.NODES, "a").isEmpty());
  }

  @Test
  void listsAllPages() throws Exception {
    for (int i = 0; i < 250; i++) {
      fake.put(Resource.NODES.path("n%03d".formatted(i)), node("n%03d".formatted(i)));
    }
    assertEquals(250, server.list(Resource.NODES).size());
    assertEquals(3, asked("GET " + Resource.NODES.path()));
  }

  @Test
  void beginsAListAnewThatTookTooLong() throws Exception {
    for (int i = 0; i < 150; i++) {
      fake.put(Resource.NODES.path("n%03d".formatted(i)), node("n%03d".formatted(i)));
    }
    fake.fail("GET", Resource.NODES.path(), 410);
    assertEquals(150, server.list(Resource.NODES).size());
  }

  @Test
  void takesTheTokenThatIsInTheFileNow() throws Exception {
    fake.put(NODE, node("a"));
    fake.token = "first";
    assertTrue(server.get(Resource.NODES, "a").isPresent());
    fake.token = "second";
    access.set(fake.access("second"));
    assertTrue(server.get(Resource.NODES, "a").isPresent());
  }

  @Test
  void aServerThatIsAwayVouchesForNoToken() throws Exception {
    fake.fail("GET", "/version", 503);
    assertFalse(server.authenticates("abcdef.0123456789abcdef"));
    for (int i = 0; i < 50; i++) {
      fake.fail("GET", "/version", 503);
    }
    var silent =
        assertThrows(ApiException.class, () -> server.authenticates("abcdef.0123456789abcdef"));
    assertEquals(503, silent.code());
  }

  @Test
  void believesTheAuthorityThatIsInTheFileNow() throws Exception {
    fake.put(NODE, node("a"));
    String other = Pem.encode(new TestAuthority(Instant.now()).certificate());
    access.set(Access.byToken(fake.url(), other, "first"));
    try (var impatient = new ApiServer(access::get, Duration.ofMillis(100))) {
      assertThrows(IOException.class, () -> impatient.get(Resource.NODES, "a"));
      // Both, as while an authority is being replaced.
      access.set(
          Access.byToken(fake.url(), other + Pem.encode(fake.authority.certificate()), "first"));
      assertTrue(impatient.get(Resource.NODES, "a").isPresent());
    }
  }

  @Test
  void believesNobodyWithoutAnAuthority() {
    access.set(Access.byToken(fake.url(), "", "first"));
    try (var impatient = new ApiServer(access::get, Duration.ofMillis(100))) {
      var refused = assertThrows(IOException.class, () -> impatient.get(Resource.NODES, "a"));
      assertTrue(refused.getMessage().contains("certificate-authority"), refused.getMessage());
    }
  }

  @Test
  void showsNoCredential() {
    Access one =
        new Access(
            "https://a",
            "ca",
            java.util.Optional.of("the-token"),
            java.util.Optional.of(new Access.Identity("c", "the-key")));
    assertFalse((one + " " + one.identity()).contains("the-"), one.toString());
  }
}
