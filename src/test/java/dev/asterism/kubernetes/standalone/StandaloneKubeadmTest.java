package dev.asterism.kubernetes.standalone;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.Kubeadm.JoinPlan;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.testing.TestClock;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StandaloneKubeadmTest {
  private static final Component HELLO = new Component("data:,hello", "", "/opt/hello", false);
  private static final String TOKEN = "abcdef.0123456789abcdef";

  @TempDir private Path folder;
  private final TestClock clock = new TestClock(Instant.parse("2026-05-01T12:00:00Z"));
  private Path first;
  private Path second;

  @BeforeEach
  void makeNodes() throws Exception {
    first = Files.createDirectory(folder.resolve("first"));
    second = Files.createDirectory(folder.resolve("second"));
  }

  private static InitPlan plan(String clusterName) {
    return new InitPlan(
        clusterName,
        "v1.30.1",
        "Control_Plane_0",
        "10.0.0.1",
        "10.0.0.1:6443",
        List.of("api.example.com"),
        "10.96.0.0/12",
        false,
        List.of(HELLO));
  }

  private String init() throws IOException {
    return new StandaloneKubeadm(first, null, clock).init(plan("mini"));
  }

  private StandaloneCluster cluster(Path root) {
    return new StandaloneCluster(root, null, clock, new SecureRandom());
  }

  private JoinPlan joinPlan(boolean controlPlane, List<ControlPlaneFile> files) throws IOException {
    return new JoinPlan(
        "node-1",
        "10.0.0.2",
        "10.0.0.1:6443",
        TOKEN,
        cluster(first).caCertHash(),
        controlPlane,
        files,
        List.of(HELLO));
  }

  private JoinPlan controlPlane() throws IOException {
    return joinPlan(true, cluster(first).controlPlaneFiles());
  }

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
    assertEquals("hello", Files.readString(first.resolve("opt/hello")));
  }

  @Test
  void keepsEveryPrivateFileFromOthersEyes() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).join(controlPlane());
    for (Path root : List.of(first, second)) {
      for (Path file : files(root).keySet()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        if (text.contains("PRIVATE KEY")
            || text.contains("client-key-data")
            || text.contains("token")) {
          assertEquals(
              "rw-------",
              PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
              file.toString());
        }
      }
    }
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
  void aWorkerGetsNoKeyOfTheCluster() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).join(joinPlan(false, List.of()));
    assertFalse(Files.exists(second.resolve("etc/kubernetes/pki")));
    assertFalse(Files.exists(second.resolve("etc/kubernetes/admin.conf")));
    assertEquals("hello", Files.readString(second.resolve("opt/hello")));
    String bootstrap = Files.readString(second.resolve("etc/kubernetes/bootstrap-kubelet.conf"));
    assertTrue(bootstrap.contains("token: " + TOKEN), "has its token");
    String kubelet = Files.readString(second.resolve("etc/kubernetes/kubelet.conf"));
    assertTrue(kubelet.contains("/run/state/kubelet/pki/kubelet-client-crt.pem"), kubelet);
  }

  @Test
  void aSecondControlPlaneCanServeJoinsItself() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).join(controlPlane());
    StandaloneCluster one = cluster(first);
    StandaloneCluster two = cluster(second);
    assertEquals(one.controlPlaneFiles(), two.controlPlaneFiles());
    assertEquals(one.caCertHash(), two.caCertHash());
    assertEquals(one.apiServerEndpoint(), two.apiServerEndpoint());
    assertEquals(one.components().reference(), two.components().reference());
    assertEquals(one.components().list(), two.components().list());
  }

  @Test
  void joinRepeatedEndsWell() throws Exception {
    init();
    var kubeadm = new StandaloneKubeadm(second, null, clock);
    kubeadm.join(controlPlane());
    Map<Path, Bytes> before = files(second);
    kubeadm.join(controlPlane());
    assertEquals(before, files(second));
    for (Path lost : before.keySet()) {
      if (lost.toString().contains("k8s-components")) {
        continue; // Written before the NodeVersion that names it.
      }
      Files.delete(lost);
      kubeadm.join(controlPlane());
      assertTrue(Files.exists(lost), lost.toString());
    }
  }

  @Test
  void refusesATokenOfAnotherForm() throws Exception {
    init();
    JoinPlan good = controlPlane();
    var bad =
        new JoinPlan(
            good.nodeName(),
            good.nodeIp(),
            good.apiServerEndpoint(),
            "secret-but-wrong",
            good.caCertHash(),
            true,
            good.controlPlaneFiles(),
            good.components());
    String message = refused(bad);
    assertTrue(message.contains("token"), message);
    assertFalse(message.contains("secret-but-wrong"), message);
  }

  @Test
  void refusesAPinOfAnotherForm() throws Exception {
    init();
    JoinPlan good = controlPlane();
    var bad =
        new JoinPlan(
            good.nodeName(),
            good.nodeIp(),
            good.apiServerEndpoint(),
            good.token(),
            "md5:00",
            true,
            good.controlPlaneFiles(),
            good.components());
    assertTrue(refused(bad).contains("discovery_token_ca_cert_hash"));
  }

  @Test
  void refusesFilesOfAnotherCaThanThePinned() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).init(plan("other"));
    Path third = Files.createDirectory(folder.resolve("third"));
    JoinPlan mixed = joinPlan(true, cluster(second).controlPlaneFiles());
    var error =
        assertThrows(
            IOException.class, () -> new StandaloneKubeadm(third, null, clock).join(mixed));
    assertTrue(error.getMessage().contains("pins"), error.getMessage());
    assertFalse(Files.exists(third.resolve("etc")));
  }

  @Test
  void refusesToOverwriteTheAuthorityOfAnotherCluster() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).init(plan("other"));
    List<ControlPlaneFile> before = ControlPlaneFiles.read(second.resolve("etc/kubernetes/pki"));
    assertTrue(refused(controlPlane()).contains("another cluster"));
    assertEquals(before, ControlPlaneFiles.read(second.resolve("etc/kubernetes/pki")));
  }

  @Test
  void refusesIncompleteControlPlaneFiles() throws Exception {
    init();
    JoinPlan incomplete = joinPlan(true, cluster(first).controlPlaneFiles().subList(0, 7));
    assertTrue(refused(incomplete).contains("control_plane_files"));
  }

  @Test
  void pinsTheCaOfItsOwnPki() throws Exception {
    init();
    String ca = Files.readString(first.resolve("etc/kubernetes/pki/ca.crt"));
    assertEquals(
        CaPin.of(Pem.certificates("ca", ca).getFirst()).value(), cluster(first).caCertHash());
  }

  private String refused(JoinPlan plan) {
    return assertThrows(
            IOException.class, () -> new StandaloneKubeadm(second, null, clock).join(plan))
        .getMessage();
  }

  private static Map<Path, Bytes> files(Path root) throws IOException {
    var content = new HashMap<Path, Bytes>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (!file.endsWith(".lock")) {
          content.put(file, Bytes.of(Files.readAllBytes(file)));
        }
      }
    }
    return content;
  }
}
