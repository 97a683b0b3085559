package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.FakeHttp;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetadataServiceTest {
  private final FakeHttp http = new FakeHttp();
  private final MetadataService service = new MetadataService(http.uri());

  MetadataServiceTest() throws IOException {}

  @AfterEach
  void close() {
    http.close();
  }

  @Test
  void readsWhatIsServed() throws IOException {
    http.answer("/a", "text");
    assertEquals(Bytes.ofUtf8("text"), service.get("/a", Map.of()));
    assertEquals(Bytes.ofUtf8("text"), service.put("/a", Map.of()));
    assertEquals(Bytes.ofUtf8("text"), service.post("/a", Map.of(), Bytes.zeros(1)));
  }

  @Test
  void anythingButASuccessIsAnErrorThatNamesThePath() {
    http.answer("/redirects", 302, "");
    http.answer("/fails", 500, "text");
    assertFails("/missing", "404");
    assertFails("/redirects", "302");
    assertFails("/fails", "500");
  }

  @Test
  void readsNoMoreThanItsLimit() {
    http.answer("/large", "x".repeat(1024 * 1024 + 1));
    assertFails("/large", "cannot be asked");
  }

  @Test
  void givesUpOnAnAnswerThatHangsInTheMiddle() {
    http.hang("/hangs");
    var impatient = new MetadataService(http.uri(), Duration.ofMillis(200));

    var e = assertThrows(IOException.class, () -> impatient.get("/hangs", Map.of()));

    assertEquals("no whole answer of " + http.uri() + "/hangs within 200 ms", e.getMessage());
  }

  @Test
  void handsOnAnswersOfEveryStatus() throws IOException {
    http.answer("/fails", 500, "text");

    var answer = service.ask("GET", "/fails", Map.of());

    assertEquals(500, answer.status());
    assertEquals(Bytes.ofUtf8("text"), answer.body());
  }

  @Test
  void sendsNoControlCharactersOfTheHostsToWhoeverReadsTheError() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> answer(server, "NO\u001b[31m" + "x".repeat(1000) + "\r\n\r\n"));
      var strange = new MetadataService(URI.create("http://127.0.0.1:" + server.getLocalPort()));

      String message =
          assertThrows(IOException.class, () -> strange.get("/a", Map.of())).getMessage();

      assertTrue(message.contains("cannot be asked: "), message);
      assertTrue(message.chars().noneMatch(Character::isISOControl), message);
      assertTrue(message.length() < 300, message);
    }
  }

  private static void answer(ServerSocket server, String bytes) {
    try (Socket socket = server.accept()) {
      socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private void assertFails(String path, String why) {
    String message =
        assertThrows(IOException.class, () -> service.get(path, Map.of())).getMessage();
    assertTrue(message.contains(path) && message.contains(why), message);
  }
}
