package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Versioned;
import dev.asterism.node.Role;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.JoinTrouble;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong on real connections, and how it is told. */
class JoinTroubleTest {
  @TempDir Path root;
  private FakeJoinService service;
  private TestNode node;

  @BeforeEach
  void start() throws IOException {
    service = new FakeJoinService();
    node = new TestNode(root, Role.WORKER);
  }

  @AfterEach
  void stop() {
    service.close();
  }

  @Test
  void aRejectedHandshakeIsARefusalByTheOtherSide() {
    node.issuer = DummyEvidence.issuer(Variant.QEMU_VTPM, (userData, nonce) -> Bytes.EMPTY);

    JoinTrouble trouble = ask(service.endpoint());

    assertTrue(trouble.refused());
    assertEquals(
        "refused by "
            + service.endpoint()
            + ": handshake rejected (alert bad_certificate); see that join-service's log or audit",
        trouble.reason());
  }

  @Test
  void aDeviceThatGivesNoEvidenceIsThisNodesOwnTrouble() {
    node.issuer =
        DummyEvidence.issuer(
            Variant.QEMU_VTPM,
            (userData, nonce) -> {
              throw new IllegalStateException("the TPM is gone");
            });

    JoinTrouble trouble = ask(service.endpoint());

    assertFalse(trouble.refused());
    assertEquals(
        "no attested connection with "
            + service.endpoint()
            + ": attestation failed: the TPM is gone",
        trouble.reason());
  }

  @Test
  void aJoinServiceThatDoesNotProveItselfIsRefusedWhereItMust() {
    var listener =
        new PeerVerification.Listener() {
          @Override
          public void appraised(String peerAddress, Appraisal appraisal, long generation) {}

          @Override
          public void rejected(String peerAddress, String reason) {}
        };
    node.settings =
        node.settings.withJoinServices(
            new PeerVerification(
                () -> new Versioned<>(DummyEvidence.verifier(Variant.QEMU_VTPM), 1),
                InstantSource.system(),
                listener));

    JoinTrouble trouble = ask(service.endpoint());

    assertTrue(trouble.refused());
    assertEquals(
        "join-service "
            + service.endpoint()
            + " is refused: no attestation document for 1.3.9900.5.1; extensions: none",
        trouble.reason());
    assertTrue(service.requests.isEmpty());
  }

  @Test
  void nobodyThereIsNoRefusal() {
    JoinTrouble trouble = ask("127.0.0.1:1");

    assertFalse(trouble.refused());
    assertTrue(
        trouble.reason().startsWith("join-service 127.0.0.1:1 does not answer: "),
        trouble.reason());
    assertTrue(trouble.reason().contains("Connection refused"), trouble.reason());
  }

  @Test
  void somethingElseThatAnswersIsNoRefusal() throws IOException {
    try (var other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answerInPlaintext(other));

      JoinTrouble trouble = ask("127.0.0.1:" + other.getLocalPort());

      assertFalse(trouble.refused());
      assertTrue(
          trouble.reason().startsWith("no attested connection with 127.0.0.1:"), trouble.reason());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"RESOURCE_EXHAUSTED", "ABORTED", "UNAVAILABLE"})
  void beingAskedToComeBackIsNoRefusal(Status.Code code) {
    service.refuse(new CallException(code, "another one is joining"));

    JoinTrouble trouble = ask(service.endpoint());

    assertFalse(trouble.refused());
    assertTrue(trouble.reason().endsWith(": another one is joining"), trouble.reason());
  }

  @ParameterizedTest
  @EnumSource(
      value = Status.Code.class,
      names = {"PERMISSION_DENIED", "INVALID_ARGUMENT", "INTERNAL", "UNIMPLEMENTED"})
  void anyOtherStatusIsARefusal(Status.Code code) {
    service.refuse(new CallException(code, "no"));

    assertEquals(
        new JoinTrouble(true, "refused by " + service.endpoint() + " (" + code + "): no"),
        ask(service.endpoint()));
  }

  private JoinTrouble ask(String endpoint) {
    var failure =
        assertThrows(
            StatusRuntimeException.class,
            () -> {
              var parts =
                  new NodeParts(
                      node.paths,
                      node.metadata,
                      node.disk(),
                      node.register,
                      node.issuer,
                      node.services,
                      node.kubeadm);
              try (var attempt =
                  new JoinAttempt(parts, node.settings, node.metadata.self(), new SecureRandom())) {
                attempt.ask(endpoint);
              }
            });
    return JoinTrouble.of(endpoint, failure);
  }

  private static void answerInPlaintext(ServerSocket server) {
    try {
      while (true) {
        try (var socket = server.accept()) {
          socket
              .getOutputStream()
              .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
      }
    } catch (IOException e) {
      // The test is over.
    }
  }
}
