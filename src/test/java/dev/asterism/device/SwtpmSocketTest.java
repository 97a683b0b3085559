package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SwtpmSocketTest {
  private static final byte[] COMMAND = {(byte) 0x80, 1, 0, 0, 0, 10, 0, 0, 1, 0x44};
  private static final byte[] ANSWER = {(byte) 0x80, 1, 0, 0, 0, 10, 0, 0, 0, 0};

  @Test
  void givesUpOnNobodyAtTheDeadline() throws Exception {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }
    var tpm = new SwtpmSocket("127.0.0.1", port, Duration.ofMillis(200));
    long start = System.nanoTime();
    IOException e = assertThrows(IOException.class, tpm::open);

    assertTrue(e.getMessage().startsWith("swtpm 127.0.0.1:" + port), e.getMessage());
    assertTrue(Duration.ofNanos(System.nanoTime() - start).toMillis() < 5000);
  }

  @Test
  void waitsForATpmThatIsAboutToListen() throws Exception {
    int port;
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = probe.getLocalPort();
    }
    Thread late =
        Thread.startVirtualThread(() -> {
          try {
            Thread.sleep(200);
            answerOnce(port, ANSWER);
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    try (var conversation = new SwtpmSocket("127.0.0.1", port, Duration.ofSeconds(20)).open()) {
      assertArrayEquals(ANSWER, conversation.transmit(COMMAND));
    }
    late.join();
  }

  @Test
  void refusesResponsesThatLieAboutTheirLength() throws Exception {
    assertRefused(new byte[] {(byte) 0x80, 1, 0x7f, 0, 0, 0, 0, 0, 0, 0});
    assertRefused(new byte[] {(byte) 0x80, 1, 0, 0, 0, 9, 0, 0, 0, 0});
    assertRefused(new byte[] {(byte) 0x80, 1, -1, -1, -1, -1, 0, 0, 0, 0});
    assertRefused(new byte[] {(byte) 0x80, 1, 0, 0, 0, 20, 0, 0, 0, 0, 1});
    assertRefused(new byte[] {(byte) 0x80, 1});
    assertRefused(new byte[0]);
  }

  private static void assertRefused(byte[] answer) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.startVirtualThread(() -> answer(server, answer));
      var tpm = new SwtpmSocket("127.0.0.1", server.getLocalPort(), Duration.ofSeconds(5));
      try (var conversation = tpm.open()) {
        assertThrows(IOException.class, () -> conversation.transmit(COMMAND));
      }
    }
  }

  private static void answerOnce(int port, byte[] answer) throws IOException {
    try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      answer(server, answer);
    }
  }

  private static void answer(ServerSocket server, byte[] answer) {
    try (Socket socket = server.accept()) {
      socket.getInputStream().readNBytes(COMMAND.length);
      socket.getOutputStream().write(answer);
      socket.shutdownOutput();
      socket.getInputStream().readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
