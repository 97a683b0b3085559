package dev.asterism.kubernetes.standalone;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class StandaloneInitTest extends KubeadmFixture {
  @Test
  void givesTheAdminARealClientCertificate() throws Exception {
    String kubeconfig = init();
    X509Certificate ca = Kubeconfig.authority("kubeconfig", kubeconfig);
    Matcher data = Pattern.compile("client-certificate-data: (\\S+)").matcher(kubeconfig);
    assertTrue(data.find());
    String pem =
        new String(Bytes.ofBase64("x", data.group(1)).toArray(), StandardCharsets.US_ASCII);
    X509Certificate admin = Pem.certificates("admin", pem).getFirst();
    admin.verify(ca.getPublicKey());
    assertEquals("CN=mini-admin,O=system:masters", admin.getSubjectX500Principal().getName());
    assertEquals(List.of("1.3.6.1.5.5.7.3.2"), admin.getExtendedKeyUsage());
    assertEquals("10.0.0.1:6443", Kubeconfig.server("kubeconfig", kubeconfig));
    assertEquals(kubeconfig, Files.readString(first.resolve("etc/kubernetes/admin.conf")));
  }

  @Test
  void makesAKubeletCertificateForTheFirstNode() throws Exception {
    init();
    Path pki = first.resolve("run/state/kubelet/pki");
    X509Certificate kubelet =
        Pem.certificates("kubelet", Files.readString(pki.resolve("kubelet-client-crt.pem")))
            .getFirst();
    assertEquals(
        "CN=system:node:control-plane-0,O=system:nodes",
        kubelet.getSubjectX500Principal().getName());
    assertTrue(Files.exists(pki.resolve("kubelet-client-key.pem")));
  }

  @Test
  void replacesAKubeletCertificateOfAnotherAuthority() throws Exception {
    init();
    String kubelet = "run/state/kubelet/pki/kubelet-client-crt.pem";
    new StandaloneKubeadm(second, null, clock).init(plan("other"));
    Files.copy(second.resolve(kubelet), first.resolve(kubelet), REPLACE_EXISTING);
    init();
    String ca = Files.readString(first.resolve("etc/kubernetes/pki/ca.crt"));
    String now = Files.readString(first.resolve(kubelet));
    Pem.certificates("x", now)
        .getFirst()
        .verify(Pem.certificates("y", ca).getFirst().getPublicKey());
  }

  @Test
  void installsTheComponents() throws Exception {
    init();
    assertEquals("hello", Files.readString(first.resolve("run/state/bin/hello")));
  }

  @Test
  void initRepeatedChangesNoFile() throws Exception {
    String kubeconfig = init();
    Map<Path, Bytes> before = files(first);
    assertEquals(kubeconfig, init());
    assertEquals(before, files(first));
  }

  /** Each file missing is a point at which an earlier run may have been killed. */
  @Test
  void initKilledAnywhereAndRepeatedEndsWell() throws Exception {
    init();
    for (Path lost : files(first).keySet()) {
      String name = first.relativize(lost).toString();
      // A key is written before its certificate: a certificate without its key is never a crash.
      if (name.endsWith("ca.key") || name.endsWith("sa.key") || name.endsWith("client-key.pem")) {
        continue;
      }
      Files.delete(lost);
      init();
      StandaloneCluster cluster = cluster(first);
      assertEquals(8, cluster.controlPlaneFiles().size(), name);
      assertEquals("v1.30.1", cluster.components().clusterVersion(), name);
      assertTrue(Files.exists(lost), name);
    }
  }

  @Test
  void neverReplacesAnAuthorityWhoseKeyIsLost() throws Exception {
    init();
    Files.delete(first.resolve("etc/kubernetes/pki/ca.key"));
    assertThrows(IOException.class, this::init);
  }

  @Test
  void refusesAClusterNameThatIsNone() {
    var kubeadm = new StandaloneKubeadm(first, null, clock);
    for (String name : List.of("a\nb", "a b", "a,O=x", "-", "a".repeat(64))) {
      var error = assertThrows(IOException.class, () -> kubeadm.init(plan(name)), name);
      assertTrue(error.getMessage().contains("cluster_name"), error.getMessage());
    }
    assertFalse(Files.exists(first.resolve("etc")));
  }

  @Test
  void pinsTheCaOfItsOwnPki() throws Exception {
    init();
    String ca = Files.readString(first.resolve("etc/kubernetes/pki/ca.crt"));
    assertEquals(
        CaPin.of(Pem.certificates("ca", ca).getFirst()).value(), cluster(first).caCertHash());
  }
}
