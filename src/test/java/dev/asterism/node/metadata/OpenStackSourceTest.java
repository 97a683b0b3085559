package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeAzureHost;
import dev.asterism.testing.hosts.FakeOpenStackHost;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class OpenStackSourceTest {
  private static final String PATH = "/openstack/latest/meta_data.json";

  private final FakeOpenStackHost host = new FakeOpenStackHost();
  private final Metadata metadata = Told.by(Provider.OPENSTACK, host.uri());

  OpenStackSourceTest() throws IOException {
    host.meta.put("constellation-role", "control-plane");
    host.meta.put("asterism-api-server", "fd00::2");
    host.userData = "{\"constellation-init-secret-hash\": \"" + Told.HASH + "\"}";
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private String failure() {
    return assertThrows(IOException.class, metadata::self).getMessage();
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENSTACK", "STACKIT"})
  void readsTheServerAndItsMetadata(Provider provider) throws IOException {
    Metadata told = Told.by(provider, host.uri());
    assertEquals(
        new Metadata.Instance(
            "cluster-cp-0",
            "openstack:///d8e02d56-2648-49a3-bf97-6be8f1204f38",
            Role.CONTROL_PLANE,
            "192.168.100.23"),
        told.self());
    assertEquals("[fd00:0:0:0:0:0:0:2]:6443", told.apiServerEndpoint());
    assertEquals(List.of("[fd00:0:0:0:0:0:0:2]:30090"), told.joinEndpoints());
    assertEquals(Optional.of(Told.HASH), told.initSecretHash());
  }

  @Test
  void nobodyMayInitWhereThereIsNoUserDataEither() throws IOException {
    host.userData = "";

    assertEquals(Optional.empty(), metadata.initSecretHash());
  }

  @Test
  void saysWhichItemIsMissing() {
    host.meta.clear();

    assertEquals(
        "OpenStack server metadata item constellation-role: is missing; set it to control-plane or"
            + " worker (openstack server set --property), or put it into the user data, a JSON"
            + " object, or give --node-role",
        failure());
  }

  @Test
  void saysThatThereIsNoAddress() {
    host.ip = "";

    assertEquals(
        "metadata service "
            + host.uri()
            + "/latest/meta-data/local-ipv4: is missing, or give --node-ip",
        failure());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "[] | meta_data.json: is not a JSON object",
        "{\"meta\": []} | meta: is not an object",
        "{\"meta\": {\"constellation-role\": 1}} | constellation-role: is not a string",
        "{\"name\": 1} | name: is not a string",
        "{\"uuid\": {}} | uuid: is not a string",
        "{} | name: is missing, or give --node-name",
        "{\"name\": \"a b\"} | name: is not an RFC 1123 name",
        "{\"name\": \"n\", \"uuid\": \"a b\"} | uuid: is not one printable word",
      })
  void saysWhatIsWrongWithTheDocument(String document, String complaint) {
    host.say(PATH, document);

    String message = failure();

    assertTrue(message.startsWith("metadata service " + host.uri() + PATH + ": "), message);
    assertTrue(message.contains(complaint), message);
  }

  @Test
  void saysThatThisIsAnotherCloud() throws IOException {
    try (var other = new FakeAzureHost()) {
      String message =
          assertThrows(IOException.class, Told.by(Provider.OPENSTACK, other.uri())::self)
              .getMessage();

      assertTrue(
          message.endsWith(PATH + " does not exist; check --cloud-provider and --metadata-url"),
          message);
    }
  }
}
