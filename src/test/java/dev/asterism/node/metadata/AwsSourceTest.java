package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeAwsHost;
import dev.asterism.testing.hosts.FakeHost.Fault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwsSourceTest {
  private final FakeAwsHost host = new FakeAwsHost();
  private final Metadata metadata = Told.by(Provider.AWS, host.uri(), Duration.ofSeconds(1));

  AwsSourceTest() throws IOException {
    host.tags.put("constellation-role", "control-plane");
    host.tags.put("asterism-api-server", "cp.elb.eu-central-1.amazonaws.com");
    host.tags.put("constellation-init-secret-hash", Told.HASH);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private String failure() {
    return assertThrows(IOException.class, metadata::self).getMessage();
  }

  @Test
  void readsTheInstanceAndItsTags() throws IOException {
    assertEquals(
        new Metadata.Instance(
            "i-0123456789abcdef0",
            "aws:///eu-central-1a/i-0123456789abcdef0",
            Role.CONTROL_PLANE,
            "10.0.1.7"),
        metadata.self());
    assertEquals("cp.elb.eu-central-1.amazonaws.com:6443", metadata.apiServerEndpoint());
    assertEquals(List.of("cp.elb.eu-central-1.amazonaws.com:30090"), metadata.joinEndpoints());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void asksForOneSessionAtALook() throws IOException {
    var _ = metadata.self();

    assertEquals("PUT /latest/api/token", host.asked.getFirst());
    assertEquals(1, host.asked.stream().filter(asked -> asked.startsWith("PUT")).count());
  }

  @Test
  void asksForANewSessionWhereTheOldOneHasEnded() throws IOException {
    Words words = Provider.AWS.source(host.uri(), Host.Patience.STANDARD).look();
    host.endSessions();

    assertEquals(Optional.of("i-0123456789abcdef0"), words.of(Field.NAME));
  }

  @Test
  void takesUserDataWhereATagIsMissingOrEmpty() throws IOException {
    host.tags.remove("constellation-role");
    host.tags.put("asterism-api-server", "");
    host.userData =
        "{\"constellation-role\": \"worker\", \"asterism-api-server\": \"lb.example:443\"}";

    assertEquals(Role.WORKER, metadata.self().role());
    assertEquals("lb.example:443", metadata.apiServerEndpoint());
  }

  @Test
  void aTagCountsMoreThanUserData() throws IOException {
    host.userData = "{\"constellation-role\": \"worker\"}";

    assertEquals(Role.CONTROL_PLANE, metadata.self().role());
  }

  @Test
  void leavesOtherPeoplesUserDataAlone() {
    host.tags.remove("constellation-role");
    host.userData = "#cloud-config\n{}";

    assertTrue(failure().startsWith("EC2 instance tag constellation-role: is missing"), failure());
  }

  @Test
  void saysWhatIsWrongWithUserData() {
    host.tags.remove("constellation-role");
    host.userData = "{\"constellation-role\": 7}";

    assertEquals(
        "metadata service " + host.uri() + "/latest/user-data: constellation-role: is not a string",
        failure());
  }

  @Test
  void saysWhichTagIsMissingAndHowItIsSet() {
    host.tagsAllowed = false;

    assertEquals(
        "EC2 instance tag constellation-role: is missing; set it to control-plane or worker and"
            + " allow tags in instance metadata (InstanceMetadataTags), or put it into the user"
            + " data, a JSON object, or give --node-role",
        failure());
  }

  @Test
  void saysWhichOfTwoTagsIsNeededToJoin() {
    host.tags.remove("asterism-api-server");

    String message = assertThrows(IOException.class, metadata::joinEndpoints).getMessage();

    assertTrue(
        message.startsWith(
            "EC2 instance tag asterism-join-endpoints: is missing, and so is EC2 instance tag"
                + " asterism-api-server: one is needed; set it to HOST:PORT of join-services"),
        message);
  }

  @Test
  void nobodyMayInitWhereThereIsNoHash() throws IOException {
    host.tags.remove("constellation-init-secret-hash");

    assertEquals(Optional.empty(), metadata.initSecretHash());
  }

  @Test
  void takesTheAddressOfTheOtherFamilyWhereThereIsNone() throws IOException {
    host.data.remove("local-ipv4");
    host.data.put("ipv6", "2a05:d014::7");

    assertEquals("2a05:d014:0:0:0:0:0:7", metadata.self().ip());
  }

  @Test
  void hasNoProviderIdWhereTheZoneIsUnknown() throws IOException {
    host.data.remove("placement/availability-zone");

    assertEquals("", metadata.self().providerId());
  }

  @Test
  void saysThatTheMetadataServiceIsSwitchedOff() {
    host.on = false;

    assertTrue(
        failure().contains("/latest/api/token answers 403") && failure().contains("HttpEndpoint"),
        failure());
  }

  @Test
  void saysThatATokenMayDieOnItsWay() {
    host.always(Fault.SLOW);

    assertTrue(failure().contains("raise HttpPutResponseHopLimit"), failure());
  }

  @Test
  void usesNoTokenThatIsNoWord() {
    host.say("/latest/api/token", "a\r\nb");

    assertTrue(failure().contains("/latest/api/token: gives no session token"), failure());
  }
}
