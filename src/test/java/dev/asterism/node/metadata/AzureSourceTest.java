package dev.asterism.node.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.device.MetadataService;
import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeAzureHost;
import dev.asterism.testing.hosts.FakeHost.Fault;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AzureSourceTest {
  private static final String PATH = "/metadata/instance";

  private final FakeAzureHost host = new FakeAzureHost();
  private final Metadata metadata = Told.by(Provider.AZURE, host.uri());

  AzureSourceTest() throws IOException {
    host.tags.put("Constellation-Role", "Worker");
    host.tags.put("asterism-join-endpoints", "10.9.0.4:30090, 10.9.0.6:30090");
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
  void readsTheMachineAndItsTags() throws IOException {
    assertEquals(
        new Metadata.Instance(
            "cp-vmss000001",
            "azure:///subscriptions/8d10da13-8125-4ba9-a717-bf7490507b3d/resourceGroups/some-rg"
                + "/providers/Microsoft.Compute/virtualMachineScaleSets/cp-vmss/virtualMachines/1",
            Role.WORKER,
            "10.9.0.5"),
        metadata.self());
    assertEquals(List.of("10.9.0.4:30090", "10.9.0.6:30090"), metadata.joinEndpoints());
    assertEquals(Optional.of(Told.HASH), metadata.initSecretHash());
  }

  @Test
  void takesTheMachinesNameWhereItHasNoHostName() throws IOException {
    host.computerName = "";

    assertEquals("cp-vmss-1", metadata.self().name());
  }

  @Test
  void takesUserDataWhereATagIsMissing() throws IOException {
    host.userData =
        Bytes.ofUtf8("{\"asterism-api-server\": \"10.9.0.2\", \"constellation-role\": \"x\"}")
            .base64();

    assertEquals("10.9.0.2:6443", metadata.apiServerEndpoint());
    assertEquals(Role.WORKER, metadata.self().role());
  }

  @Test
  void asksAgainWhereTheServiceIsBusyOrTheMachineIsMoved() throws IOException {
    host.next(Fault.BUSY, Fault.BUSY, Fault.GONE);

    assertEquals(Role.WORKER, metadata.self().role());
    assertEquals(4, host.asked.size());
  }

  @Test
  void saysWhichTagIsMissing() {
    host.tags.clear();

    assertEquals(
        "Azure virtual machine tag constellation-role: is missing; set it to control-plane or"
            + " worker (in scale sets on the instances), or put it into the user data, a JSON"
            + " object, or give --node-role",
        failure());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | compute: is missing",
        "{\"compute\": 1} | compute: is not an object",
        "{\"compute\": {\"name\": 1}} | name: is not a string",
        "{\"compute\": {\"osProfile\": {\"computerName\": []}}} | computerName: is not a string",
        "{\"compute\": {\"tagsList\": {}}} | compute.tagsList: is not a list",
        "{\"compute\": {\"tagsList\": [1]}} | compute.tagsList: holds something else than objects",
        "{\"compute\": {\"tagsList\": [{}]}} | name: is missing",
        "{\"compute\": {\"tagsList\": [{\"name\": \"constellation-role\", \"value\": 1}]}} |"
            + " value: is not a string",
        "{\"compute\": {\"userData\": \"?\"}} | compute.userData: is not standard base64",
        "{\"compute\": {\"userData\": \"ewo=\"}} | user data: is not well-formed JSON",
      })
  void saysWhatIsWrongWithTheDocument(String document, String complaint) {
    host.say(PATH, document);

    String message = failure();

    assertTrue(message.startsWith("metadata service " + host.uri() + PATH), message);
    assertTrue(message.contains(": " + complaint), message);
  }

  @Test
  void saysThatThereIsNoAddress() {
    host.say(PATH, host.document().replace("privateIpAddress", "other"));

    assertTrue(
        failure().endsWith(": network.interface[0]: is missing, or give --node-ip"), failure());
  }

  @Test
  void takesTheAddressOfTheOtherFamilyWhereThereIsNone() throws IOException {
    host.say(
        PATH,
        host.document()
            .replace("\"ipv4\"", "\"ipv5\"")
            .replace(
                "\"ipv6\":{\"ipAddress\":[]}",
                "\"ipv6\":{\"ipAddress\":[{\"privateIpAddress\":\"fd00::5\"}]}"));

    assertEquals("fd00:0:0:0:0:0:0:5", metadata.self().ip());
  }

  /** Of the host that the other tests trust. */
  @Test
  void theHostRefusesWhoDoesNotKnowIt() throws IOException {
    var anybody = new MetadataService(host.uri());

    assertEquals(400, anybody.ask("GET", PATH + "?api-version=2021-02-01", Map.of()).status());
    assertEquals(400, anybody.ask("GET", PATH, Map.of("Metadata", "true")).status());
  }
}
