package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.FakeHttp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QemuMetadataTest {
  private static final String SELF =
      """
      {"Name": "Control_Plane-0", "ProviderID": "qemu:///0", "Role": "ControlPlane",
       "VPCIP": "10.42.1.1", "SecondaryIPRange": "", "AliasIPRanges": null}
      """;
  private static final String WORKER = SELF.replace("ControlPlane", "Worker");

  private FakeHttp host;
  private QemuMetadata metadata;

  @BeforeEach
  void start() throws IOException {
    host = new FakeHttp();
    metadata = new QemuMetadata(new MetadataHttp(host.uri(), Duration.ofSeconds(2)));
    host.answer("/self", SELF);
    host.answer("/peers", "[" + SELF + "," + WORKER.replace("1.1", "1.2") + "]");
    host.answer("/endpoint", "\"10.42.0.1\"");
    host.answer("/initsecrethash", "$2a$10$hash\n");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void readsWhatTheHostSays() throws IOException {
    assertEquals(
        new Metadata.Instance("control-plane-0", "qemu:///0", Role.CONTROL_PLANE, "10.42.1.1"),
        metadata.self());
    assertEquals("10.42.0.1:6443", metadata.apiServerEndpoint());
    assertEquals(Optional.of("$2a$10$hash"), metadata.initSecretHash());
  }

  @Test
  void joinsThroughTheLoadBalancerFirstThenEachControlPlane() throws IOException {
    assertEquals(List.of("10.42.0.1:30090", "10.42.1.1:30090"), metadata.joinEndpoints());
  }

  @Test
  void joinsThroughControlPlanesAloneWhereThereIsNoLoadBalancer() throws IOException {
    host.answer("/endpoint", "\"\"");

    assertEquals(List.of("10.42.1.1:30090"), metadata.joinEndpoints());
    var e = assertThrows(IOException.class, metadata::apiServerEndpoint);
    assertTrue(e.getMessage().endsWith("/endpoint: is empty"), e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "lb.example:443, lb.example:6443",
    "fd00::1, [fd00:0:0:0:0:0:0:1]:6443",
    "[fd00::1], [fd00::1]:6443",
    "[fd00::1]:443, [fd00::1]:6443"
  })
  void takesALoadBalancerWithOrWithoutAPort(String endpoint, String api) throws IOException {
    host.answer("/endpoint", "\"" + endpoint + "\"");

    assertEquals(api, metadata.apiServerEndpoint());
  }

  @Test
  void nobodyMayInitWhereTheHashIsEmpty() throws IOException {
    host.answer("/initsecrethash", "\n");

    assertEquals(Optional.empty(), metadata.initSecretHash());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/self | [] | /self: is not a JSON object",
        "/self | | /self: is empty",
        "/self | {\"Name\":\"n\",\"Role\":\"x\",\"VPCIP\":\"1.2.3.4\"} | Role: is neither",
        "/self | {\"Name\":\"n\",\"Role\":\"Worker\",\"VPCIP\":\"host\"} | VPCIP: is not an IP address",
        "/peers | {} | /peers: is not a list",
        "/peers | [1] | /peers: holds something else than objects",
        "/peers | [] 1 | /peers: is not well-formed JSON",
        "/endpoint | 7 | /endpoint: is not a JSON string",
        "/endpoint | \"a b\" | /endpoint: is not host:port",
      })
  void namesTheAddressAndWhatIsWrong(String path, String body, String complaint) {
    host.answer(path, body == null ? "" : body);

    var e =
        assertThrows(
            IOException.class,
            () -> {
              metadata.self();
              metadata.joinEndpoints();
            });

    assertTrue(e.getMessage().startsWith("metadata service " + host.uri()), e.getMessage());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }

  @Test
  void reportsAStatusThatIsNotOk() {
    host.answer("/self", 503, "later");

    var e = assertThrows(IOException.class, metadata::self);

    assertTrue(e.getMessage().endsWith("/self answers status 503"), e.getMessage());
  }

  @Test
  void doesNotFollowARedirect() {
    host.answer("/self", 302, "");

    var e = assertThrows(IOException.class, metadata::self);

    assertTrue(e.getMessage().endsWith("status 302"), e.getMessage());
  }

  @Test
  void givesUpOnAnAnswerWithoutEnd() {
    host.answer("/self", "x".repeat(1024 * 1024 + 1));

    assertThrows(IOException.class, metadata::self);
  }

  @Test
  void givesUpOnAHostThatHangsInTheMiddle() throws IOException {
    host.hang("/self");
    var impatient = new QemuMetadata(new MetadataHttp(host.uri(), Duration.ofMillis(200)));

    var e = assertThrows(IOException.class, impatient::self);

    assertTrue(e.getMessage().endsWith("did not answer within 200 ms"), e.getMessage());
  }

  @Test
  void saysThatNobodyAnswers() {
    host.close();

    var e = assertThrows(IOException.class, metadata::self);

    assertTrue(e.getMessage().contains("does not answer"), e.getMessage());
  }
}
