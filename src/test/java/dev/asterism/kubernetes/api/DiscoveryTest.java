package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.testing.TestAuthority;
import dev.asterism.testing.kubernetes.FakeApiServer;
import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

/** Whom a node believes before it knows the cluster's CA; what is wrong is one thing each time. */
@Timeout(120)
class DiscoveryTest {
  private static final BootstrapToken TOKEN =
      new BootstrapToken("abcdef", "0123456789abcdef", Instant.MAX);
  private static final String HS256 = "{\"alg\":\"HS256\",\"kid\":\"abcdef\"}";

  private FakeApiServer fake;

  @BeforeEach
  void start() throws Exception {
    fake = new FakeApiServer();
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** What the server shows to anybody, signed with a token as the cluster's controller does. */
  private void show(X509Certificate ca, String header, String secret) throws Exception {
    String content = Kubeconfig.clusterInfo(endpoint(), ca);
    String start = base64(header.getBytes(StandardCharsets.UTF_8));
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    String input = start + "." + base64(content.getBytes(StandardCharsets.UTF_8));
    String signature = base64(mac.doFinal(input.getBytes(StandardCharsets.UTF_8)));
    ObjectNode info = Json.newObject();
    info.putObject("metadata").put("name", "cluster-info");
    info.putObject("data")
        .put("kubeconfig", content)
        .put("jws-kubeconfig-" + TOKEN.id(), start + ".." + signature);
    fake.put(Resource.PUBLIC_CONFIG_MAPS.path("cluster-info"), info);
  }

  private String endpoint() {
    return fake.url().substring("https://".length());
  }

  private String discover(X509Certificate pinned) throws IOException {
    return Discovery.authority(endpoint(), TOKEN, CaPin.of(pinned));
  }

  private void assertRefused(String complaint, X509Certificate pinned) {
    var refused = assertThrows(IOException.class, () -> discover(pinned));
    assertTrue(String.valueOf(refused.getMessage()).contains(complaint), refused.getMessage());
  }

  @Test
  void believesThePinnedAuthorityThatTheTokenSigned() throws Exception {
    X509Certificate ca = fake.authority.certificate();
    show(ca, HS256, TOKEN.secret());
    assertEquals(Pem.encode(ca), discover(ca));
  }

  @Test
  void refusesAnAuthorityThatIsNotThePinnedOne() throws Exception {
    show(fake.authority.certificate(), HS256, TOKEN.secret());
    assertRefused(
        "not the one that the ticket pins", new TestAuthority(Instant.now()).certificate());
  }

  @Test
  void refusesWhatTheTokenDidNotSign() throws Exception {
    X509Certificate ca = fake.authority.certificate();
    show(ca, HS256, "another-secret");
    assertRefused("this token did not make", ca);
  }

  @Test
  void refusesAnotherAlgorithm() throws Exception {
    X509Certificate ca = fake.authority.certificate();
    show(ca, "{\"alg\":\"none\"}", TOKEN.secret());
    assertRefused("not of HS256", ca);
  }

  /** One that knows the token and the CA's certificate, but is none of that CA's servers. */
  @Test
  void refusesAServerForWhichThePinnedAuthorityDoesNotVouch() throws Exception {
    X509Certificate other = new TestAuthority(Instant.now()).certificate();
    show(other, HS256, TOKEN.secret());
    var refused = assertThrows(IOException.class, () -> discover(other));
    assertTrue(String.valueOf(refused.getMessage()).contains("PKIX"), refused.getMessage());
  }
}
