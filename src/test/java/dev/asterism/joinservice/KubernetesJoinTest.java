package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.api.Access;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.Discovery;
import dev.asterism.kubernetes.api.NodeRegistration;
import dev.asterism.kubernetes.api.Objects;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.testing.kubernetes.TestControlPlane;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a ticket is worth at a real API server, of each version that is supported. */
@Tag("kube")
@Timeout(300)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class KubernetesJoinTest {
  @Parameter String version;

  @TempDir private Path folder;

  private TestControlPlane plane;
  private KubernetesFixture fixture;
  private final String name = "worker-" + UUID.randomUUID();

  static List<String> versions() {
    return TestControlPlane.versions();
  }

  @BeforeEach
  void start() throws Exception {
    plane = TestControlPlane.of(version);
    plane.awaitApiServer();
    fixture = new KubernetesFixture(plane, folder.resolve("audit.log"));
  }

  @AfterEach
  void stop() throws Exception {
    if (fixture != null) {
      fixture.close();
    }
  }

  private IssueJoinTicketResponse ticket(JoinServiceNode node) {
    return node.join(node.request(false));
  }

  private static BootstrapToken token(IssueJoinTicketResponse ticket) throws Exception {
    return BootstrapToken.parse(ticket.getToken(), Instant.MAX);
  }

  private String discover(IssueJoinTicketResponse ticket, CaPin pin) throws Exception {
    // The controller signs with a new token within seconds.
    for (long start = System.nanoTime(); ; Thread.sleep(100)) {
      try {
        return Discovery.authority(ticket.getApiServerEndpoint(), token(ticket), pin);
      } catch (IOException e) {
        if (!e.getMessage().contains("not signed with this token")
            || System.nanoTime() - start > Duration.ofMinutes(1).toNanos()) {
          throw e;
        }
      }
    }
  }

  @Test
  void aTicketLeadsToANodeOfTheCluster() throws Exception {
    try (var node = fixture.node(name)) {
      IssueJoinTicketResponse ticket = ticket(node);
      String ca = discover(ticket, CaPin.parse(ticket.getDiscoveryTokenCaCertHash()));
      assertEquals(plane.authority(), ca);

      // As a bootstrapper it asks for a certificate, which the controller approves and signs.
      KeyPair pair = KeyPairs.ecP256();
      Bytes csr = CertificateRequests.create(pair, name, List.of(), List.of());
      Access bootstrapper =
          Access.byToken("https://" + ticket.getApiServerEndpoint(), ca, ticket.getToken());
      String certificate;
      try (var server = new ApiServer(() -> bootstrapper)) {
        certificate =
            new NodeRegistration(server)
                .certificate(Pem.encode("CERTIFICATE REQUEST", csr), Duration.ofMinutes(1));
      }

      // With it, and with the one in the ticket, it is that node and no other.
      registersItself(ca, certificate, pair);
      registersItself(ca, ticket.getKubeletCert().toString(StandardCharsets.UTF_8), node.kubelet);
      assertTrue(fixture.cluster().cluster.hasNode(name));
    }
  }

  private void registersItself(String ca, String certificate, KeyPair pair) throws Exception {
    String key;
    try (Secret pem = Pem.encode(pair.getPrivate())) {
      key = pem.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
    }
    Access kubelet = Access.byCertificate("https://" + plane.endpoint(), ca, certificate, key);
    try (var server = new ApiServer(() -> kubelet, Duration.ofMillis(100))) {
      var registration = new NodeRegistration(server);
      registration.register(name, Map.of());
      var refused =
          assertThrows(IOException.class, () -> registration.register("another-" + name, Map.of()));
      assertTrue(refused.getMessage().contains("403"), refused.getMessage());
      assertTrue(refused.getMessage().contains("is not allowed to"), refused.getMessage());
      // A label that only kubeadm may give.
      refused = assertThrows(IOException.class, () -> registration.markControlPlane(name));
      assertTrue(refused.getMessage().contains("403"), refused.getMessage());
    }
    assertFalse(fixture.cluster().cluster.hasNode("another-" + name));
  }

  @Test
  void discoveryBelievesThePinnedAuthorityOnly() throws Exception {
    try (var node = fixture.node(name)) {
      IssueJoinTicketResponse ticket = ticket(node);
      CaPin right = CaPin.parse(ticket.getDiscoveryTokenCaCertHash());
      assertDoesNotThrow(() -> discover(ticket, right));
      var wrong =
          assertThrows(
              IOException.class, () -> discover(ticket, new CaPin("sha256:" + "00".repeat(32))));
      assertTrue(
          wrong.getMessage().contains("not the one that the ticket pins"), wrong.getMessage());
    }
  }

  @Test
  void discoveryBelievesTheTokensSignatureOnly() throws Exception {
    try (var node = fixture.node(name)) {
      IssueJoinTicketResponse ticket = ticket(node);
      CaPin right = CaPin.parse(ticket.getDiscoveryTokenCaCertHash());
      assertDoesNotThrow(() -> discover(ticket, right));
      var other = new BootstrapToken(token(ticket).id(), "0123456789abcdef", Instant.MAX);
      var wrong =
          assertThrows(
              IOException.class,
              () -> Discovery.authority(ticket.getApiServerEndpoint(), other, right));
      assertTrue(wrong.getMessage().contains("this token did not make"), wrong.getMessage());
    }
  }

  @Test
  void aTokenIsNoNodeYet() throws Exception {
    try (var node = fixture.node(name)) {
      IssueJoinTicketResponse ticket = ticket(node);
      Access bootstrapper =
          Access.byToken("https://" + plane.endpoint(), plane.authority(), ticket.getToken());
      try (var server = new ApiServer(() -> bootstrapper, Duration.ofMillis(100))) {
        var refused =
            assertThrows(
                IOException.class, () -> new NodeRegistration(server).register(name, Map.of()));
        assertTrue(refused.getMessage().contains("403"), refused.getMessage());
      }
    }
  }

  @Test
  void aTicketNamesWhatTheClusterRuns() throws Exception {
    try (var node = fixture.node(name)) {
      IssueJoinTicketResponse ticket = ticket(node);
      assertEquals(1, ticket.getKubernetesComponentsCount());
      assertEquals(
          TestControlPlane.COMPONENT.installPath(),
          ticket.getKubernetesComponents(0).getInstallPath());
      assertEquals(plane.endpoint(), ticket.getApiServerEndpoint());
      try (var admin = plane.admin()) {
        var announced = Objects.joiningNode(admin, name).orElseThrow();
        assertEquals(name, announced.path("spec").path("name").asString());
      }
    }
  }
}
