package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessFilesTest {
  private static final Map<String, String> POD =
      Map.of("KUBERNETES_SERVICE_HOST", "10.96.0.1", "KUBERNETES_SERVICE_PORT", "443");

  @TempDir private Path folder;

  private void pod(String token) throws IOException {
    Files.writeString(folder.resolve("token"), token + "\n");
    Files.writeString(folder.resolve("ca.crt"), "the CA");
  }

  private Access kubeconfig(String user) throws IOException {
    Path file = folder.resolve("config");
    Files.writeString(
        file,
        """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: %s
            server: https://10.0.0.1:6443
          name: kubernetes
        users:
        - name: admin
          user:
        %s
        """
            .formatted(Bytes.ofUtf8("the CA").base64(), user.indent(4)));
    return AccessFiles.kubeconfig(file).read();
  }

  @Test
  void readsWhatAPodHasMounted() throws Exception {
    pod("one");
    Access access = AccessFiles.inCluster(folder, POD).read();
    assertEquals(Access.byToken("https://10.96.0.1:443", "the CA", "one"), access);
  }

  @Test
  void readsATokenThatWasReplaced() throws Exception {
    pod("one");
    Access.Source source = AccessFiles.inCluster(folder, POD);
    source.read();
    pod("two");
    assertEquals(Optional.of("two"), source.read().token());
  }

  @Test
  void writesAnIpv6AddressAsUrlsHaveIt() throws Exception {
    pod("one");
    var pod = Map.of("KUBERNETES_SERVICE_HOST", "fd00::1", "KUBERNETES_SERVICE_PORT", "443");
    assertEquals("https://[fd00::1]:443", AccessFiles.inCluster(folder, pod).read().server());
  }

  @Test
  void saysThatThisIsNoPod() {
    var error =
        assertThrows(IOException.class, () -> AccessFiles.inCluster(folder, Map.of()).read());
    assertTrue(error.getMessage().contains("KUBERNETES_SERVICE_HOST"), error.getMessage());
  }

  @Test
  void readsAKubeconfigWithACertificate() throws Exception {
    Access access =
        kubeconfig(
            "client-certificate-data: %s\nclient-key-data: %s"
                .formatted(Bytes.ofUtf8("cert").base64(), Bytes.ofUtf8("key").base64()));
    assertEquals(Access.byCertificate("https://10.0.0.1:6443", "the CA", "cert", "key"), access);
  }

  @Test
  void readsFilesBesideTheKubeconfig() throws Exception {
    Files.writeString(folder.resolve("client.crt"), "cert");
    Files.writeString(folder.resolve("client.key"), "key");
    Access access = kubeconfig("client-certificate: client.crt\nclient-key: client.key");
    assertEquals(Access.byCertificate("https://10.0.0.1:6443", "the CA", "cert", "key"), access);
    Files.writeString(folder.resolve("the-token"), "one\n");
    assertEquals(
        Access.byToken("https://10.0.0.1:6443", "the CA", "one"),
        kubeconfig("tokenFile: the-token"));
  }

  @Test
  void readsAKubeconfigWithAToken() throws Exception {
    assertEquals(
        Access.byToken("https://10.0.0.1:6443", "the CA", "one"), kubeconfig("token: one"));
  }

  @Test
  void refusesAUserWithoutCredentialOrWithTwo() {
    assertThrows(IOException.class, () -> kubeconfig("username: a"));
    assertThrows(IOException.class, () -> kubeconfig("client-certificate-data: Y2VydA=="));
    assertThrows(
        IOException.class,
        () -> kubeconfig("token: one\nclient-certificate-data: YQ==\nclient-key-data: YQ=="));
  }

  @Test
  void refusesANameThatIsNoFiles() {
    for (String member : new String[] {"tokenFile", "client-key"}) {
      var error = assertThrows(IOException.class, () -> kubeconfig(member + ": a\0b"));
      assertTrue(error.getMessage().contains(member + ": is no path"), error.getMessage());
    }
  }

  @Test
  void saysWhichFileIsMissing() {
    var error =
        assertThrows(
            IOException.class, () -> AccessFiles.kubeconfig(folder.resolve("none")).read());
    assertTrue(error.getMessage().contains("none does not exist"), error.getMessage());
  }
}
