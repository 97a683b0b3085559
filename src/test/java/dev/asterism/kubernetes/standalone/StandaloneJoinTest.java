package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.Kubeadm.JoinPlan;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandaloneJoinTest extends KubeadmFixture {
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
  void aWorkerGetsNoKeyOfTheCluster() throws Exception {
    init();
    new StandaloneKubeadm(second, null, clock).join(joinPlan(false, List.of()));
    assertFalse(Files.exists(second.resolve("etc/kubernetes/pki")));
    assertFalse(Files.exists(second.resolve("etc/kubernetes/admin.conf")));
    assertEquals("hello", Files.readString(second.resolve("run/state/bin/hello")));
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

  private String refused(JoinPlan plan) {
    return assertThrows(
            IOException.class, () -> new StandaloneKubeadm(second, null, clock).join(plan))
        .getMessage();
  }
}
