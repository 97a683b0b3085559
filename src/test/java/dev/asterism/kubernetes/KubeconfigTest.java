package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class KubeconfigTest {
  private static final CertificateAuthority CA =
      CertificateAuthority.create("kubernetes", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));
  private static final String PEM = Bytes.ofUtf8(CA.certificatePem()).base64();

  @Test
  void writesWhatKubectlReads() throws Exception {
    Secret key = Secret.copyOf("key".getBytes(StandardCharsets.US_ASCII));
    String text =
        Kubeconfig.embedded("c", "10.0.0.1:6443", CA.certificate(), "u", CA.certificate(), key);
    assertEquals(
        """
        apiVersion: v1
        clusters:
        - cluster:
            certificate-authority-data: %1$s
            server: https://10.0.0.1:6443
          name: c
        contexts:
        - context:
            cluster: c
            user: u
          name: u@c
        current-context: u@c
        kind: Config
        preferences: {}
        users:
        - name: u
          user:
            client-certificate-data: %1$s
            client-key-data: a2V5
        """
            .formatted(PEM),
        text);
  }

  @Test
  void readsBackAuthorityAndServer() throws Exception {
    String text = Kubeconfig.bootstrap("c", "[fd00::1]:6443", CA.certificatePem(), "a.b");
    assertEquals(CA.certificate(), Kubeconfig.authority("admin.conf", text));
    assertEquals("[fd00::1]:6443", Kubeconfig.server("admin.conf", text));
    assertTrue(text.contains("    token: a.b\n"), text);
  }

  @Test
  void leavesAnUnknownAuthorityOut() throws Exception {
    String text = Kubeconfig.files("c", "h:1", "", "system:node:a", "/crt", "/key");
    assertMalformed("has no certificate-authority-data", () -> Kubeconfig.authority("x", text));
    assertTrue(text.contains("    client-certificate: /crt\n    client-key: /key\n"), text);
  }

  @Test
  void readsKubeadmsIndentationAndJson() throws Exception {
    String yaml =
        "clusters:\n- cluster:\n    certificate-authority-data: "
            + PEM
            + "\n    server: https://h:6443/\n";
    assertEquals(CA.certificate(), Kubeconfig.authority("x", yaml));
    assertEquals("h:6443", Kubeconfig.server("x", yaml));
    String json =
        "{\n\"certificate-authority-data\": \"" + PEM + "\",\n\"server\": \"https://h:1\"\n}";
    assertEquals(CA.certificate(), Kubeconfig.authority("x", json));
    assertEquals("h:1", Kubeconfig.server("x", json));
  }

  @Test
  void refusesTwoDifferentAuthorities() {
    String two = "certificate-authority-data: " + PEM + "\ncertificate-authority-data: AAAA\n";
    assertMalformed("several different", () -> Kubeconfig.authority("x", two));
    String bundle = Bytes.ofUtf8(CA.certificatePem() + CA.certificatePem()).base64();
    assertMalformed(
        "several CAs",
        () -> Kubeconfig.authority("x", "certificate-authority-data: " + bundle + "\n"));
  }

  @Test
  void refusesAServerWithoutTls() {
    assertMalformed("not https", () -> Kubeconfig.server("x", "server: http://h:1\n"));
  }

  @Test
  void refusesNamesThatBreakOutOfTheirLine() {
    for (String name : List.of("", "a\n  b: c", "a: b", "'a'", "a #b", "- a", "&a")) {
      assertMalformed("characters", () -> Kubeconfig.bootstrap(name, "h:1", "", "t"));
      assertMalformed("characters", () -> Kubeconfig.bootstrap("c", name, "", "t"));
    }
  }

  private static void assertMalformed(String part, Executable executable) {
    String message = assertThrows(MalformedException.class, executable).getMessage();
    assertTrue(message.contains(part), message);
  }
}
