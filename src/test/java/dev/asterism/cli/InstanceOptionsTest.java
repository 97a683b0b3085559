package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.node.Metadata;
import dev.asterism.node.Role;
import dev.asterism.testing.hosts.FakeQemuHost;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class InstanceOptionsTest {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  @TempDir private Path folder;

  private static Metadata parsed(URI url, String... arguments) throws MalformedException {
    return CommandLine.populateCommand(new InstanceOptions(), arguments).metadata(url);
  }

  @Test
  void flagsAloneAreEnough() throws Exception {
    String hash = Bcrypt.hash(Secret.copyOf(Bytes.ofUtf8("secret")), 4, new SecureRandom());
    Path file = Files.writeString(folder.resolve("hash"), hash + "\n");
    Metadata metadata =
        parsed(
            NOWHERE,
            "--metadata=static",
            "--node-name=n",
            "--node-role=worker",
            "--node-ip=10.0.0.1",
            "--provider-id=x://1",
            "--api-server=lb",
            "--join-endpoints=a:1,b:2",
            "--init-secret-hash-file=" + file);

    assertEquals(new Metadata.Instance("n", "x://1", Role.WORKER, "10.0.0.1"), metadata.self());
    assertEquals("lb:6443", metadata.apiServerEndpoint());
    assertEquals(List.of("a:1", "b:2"), metadata.joinEndpoints());
    assertEquals(Optional.of(hash), metadata.initSecretHash());
  }

  @Test
  void theProviderIsNamedInAnyCaseAndIsWhereTheUrlSays() throws Exception {
    try (var host = new FakeQemuHost()) {
      assertEquals("10.42.1.1", parsed(host.uri(), "--csp=QEMU").self().ip());
    }
  }

  @Test
  void theSourcesOwnUrlCountsMore() throws Exception {
    try (var host = new FakeQemuHost()) {
      Metadata metadata = parsed(NOWHERE, "--csp=aws", "--metadata=qemu:" + host.uri());

      assertEquals("10.42.1.1", metadata.self().ip());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "--csp=ibm, '--cloud-provider: is not aws, azure, gcp, openstack, stackit or qemu'",
    "--metadata=x, '--metadata: is not static, static:FILE or qemu:URL'",
    "--metadata=qemu:x, '--metadata: is not http://HOST'",
    "--metadata=qemu:http://host/path, '--metadata: is not http://HOST'",
    "--metadata=qemu:http://user@host, '--metadata: is not http://HOST'",
  })
  void refusesWhatItDoesNotKnow(String argument, String complaint) {
    var e = assertThrows(MalformedException.class, () -> parsed(NOWHERE, argument));

    assertEquals(complaint, e.getMessage());
  }

  @Test
  void namesTheFlagThatIsWrong() throws MalformedException {
    Metadata metadata = parsed(NOWHERE, "--metadata=static", "--node-name=a b");

    assertEquals(
        "--node-name: is not an RFC 1123 name; give the node's name, RFC 1123",
        assertThrows(IOException.class, metadata::self).getMessage());
  }
}
