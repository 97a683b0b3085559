package dev.asterism.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.FakeHttp;
import dev.asterism.wire.Bytes;
import java.io.IOException;
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

  private void assertFails(String path, String why) {
    String message =
        assertThrows(IOException.class, () -> service.get(path, Map.of())).getMessage();
    assertTrue(message.contains(path) && message.contains(why), message);
  }
}
