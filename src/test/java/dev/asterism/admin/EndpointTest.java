package dev.asterism.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "node-1, node-1:9000",
    "node-1:80, node-1:80",
    "10.0.0.7:65535, 10.0.0.7:65535",
    "[::1], [::1]:9000",
    "[fe80::1%eth0]:30081, [fe80::1%eth0]:30081",
  })
  void readsHostsWithAndWithoutPorts(String text, String whole) throws Exception {
    assertEquals(whole, Endpoint.parse("--node-endpoint", text, 9000).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":80",
        "a:",
        "a:0",
        "a:65536",
        "a:999999",
        "::1",
        "a b",
        "http://a",
        "a/b",
        "[a]"
      })
  void refusesWhatIsNoEndpoint(String text) {
    assertThrows(MalformedException.class, () -> Endpoint.parse("--node-endpoint", text, 9000));
  }

  @Test
  void namesTheOption() {
    var e = assertThrows(MalformedException.class, () -> Endpoint.parse("--x", "a:0", 1));

    assertEquals("--x: has a port that is not 1 to 65535", e.getMessage());
  }
}
