package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.testing.RawTls;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An honest node joins whatever else comes from its own address. */
class HostileJoinTest extends JoinServiceFixture {
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void hangUp() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  private Socket socket() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), role.port());
    sockets.add(socket);
    return socket;
  }

  private void assertHonestNodeJoins() {
    try (JoinServiceNode honest = node("worker-0")) {
      assertFalse(honest.join(honest.request(false)).getStateDiskKey().isEmpty());
    }
  }

  @Test
  void whileAThousandConnectionsAreOpenAtEveryStageOfTheirHello() throws Exception {
    byte[] hello = RawTls.clientHello();
    for (int i = 0; i < 1000; i++) {
      socket().getOutputStream().write(hello, 0, i % hello.length);
    }
    assertHonestNodeJoins();
  }

  @Test
  void whileOthersFallSilentInTheirHandshake() throws Exception {
    byte[] hello = RawTls.clientHello();
    for (int i = 0; i < 100; i++) {
      Socket socket = socket();
      socket.getOutputStream().write(hello);
      assertEquals(0x16, socket.getInputStream().read());
    }
    assertHonestNodeJoins();
  }

  @Test
  void afterManyHandshakesThatFail() throws Exception {
    byte[] hello = RawTls.clientHello();
    for (int i = 0; i < 150; i++) {
      try (Socket socket = socket()) {
        socket.getOutputStream().write(hello);
        socket.getOutputStream().write(new byte[100]);
        var _ = socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The server may be the first to close.
      }
    }
    assertHonestNodeJoins();
  }

  static List<String> documents() {
    return List.of("[".repeat(200_000), "{\"a\":".repeat(100_000), "x".repeat(3_000_000));
  }

  @ParameterizedTest(name = "document {index}")
  @MethodSource("documents")
  void afterDocumentsThatAreDeepOrLarge(String document) {
    Issuer hostile =
        DummyEvidence.issuer(Variant.QEMU_VTPM, (userData, nonce) -> Bytes.ofUtf8(document));
    try (var stranger = new JoinServiceNode(role.port(), "stranger", hostile)) {
      assertUnavailable(() -> stranger.join(stranger.request(false)));
    }
    assertHonestNodeJoins();
  }

  @Test
  void requestsAreSmall() {
    try (JoinServiceNode greedy = node("worker-1")) {
      var request =
          greedy.request(false).setCertificateRequest(ByteString.copyFrom(new byte[64 * 1024]));
      var refused = assertThrows(StatusRuntimeException.class, () -> greedy.join(request));
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    }
    assertHonestNodeJoins();
  }
}
