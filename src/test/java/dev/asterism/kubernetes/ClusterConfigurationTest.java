package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClusterConfigurationTest {
  /** As kubeadm stores it. */
  private static final String KUBEADM =
      """
      apiServer:
        certSANs:
        - "*"
        - 10.9.8.7
        - 'api.example.com' # the load balancer
        extraArgs:
          certSANs: not-these
          audit-log-maxage: "30"
        timeoutForControlPlane: 4m0s
      apiVersion: kubeadm.k8s.io/v1beta3
      certificatesDir: /etc/kubernetes/pki
      clusterName: mycluster
      controlPlaneEndpoint: 10.9.8.7:6443
      etcd:
        local:
          dataDir: /var/lib/etcd
      kind: ClusterConfiguration
      kubernetesVersion: v1.30.1
      networking:
        dnsDomain: cluster.local
        serviceSubnet: 10.96.0.0/12
      scheduler: {}
      """;

  @Test
  void readsWhatKubeadmStores() throws Exception {
    assertEquals(
        new ClusterConfiguration(
            "mycluster",
            "v1.30.1",
            "10.9.8.7:6443",
            "10.96.0.0/12",
            List.of("*", "10.9.8.7", "api.example.com")),
        ClusterConfiguration.parse(KUBEADM));
  }

  @Test
  void readsListsIndentedOrInFlowStyle() throws Exception {
    assertEquals(List.of("a", "b"), sans("apiServer:\n  certSANs:\n    - a\n    - b\n"));
    assertEquals(List.of("::1", "-a"), sans("apiServer:\n  certSANs:\n  - ::1\n  - -a\n"));
    assertEquals(List.of("a", "b"), sans("apiServer:\r\n  certSANs: [a, \"b\"]\r\n"));
    assertEquals(List.of(), sans("apiServer:\n  certSANs: []\n"));
    assertEquals(List.of(), sans("apiServer:\n  certSANs: null\n"));
    assertEquals(List.of(), sans("apiServer:\n  certSANs:\n  extraArgs: {}\n"));
  }

  @Test
  void readsAbsentMembersAsEmpty() throws Exception {
    assertEquals(
        new ClusterConfiguration("", "", "", "", List.of()), ClusterConfiguration.parse(""));
    assertEquals(List.of(), sans("apiServer: {}\n"));
  }

  @Test
  void takesNoListFromAnotherPlace() throws Exception {
    assertEquals(List.of(), sans("certSANs:\n- a\napiServer:\n  x:\n    certSANs:\n    - b\n"));
    assertEquals(List.of(), sans("apiServer:\n  x: y\nother:\n  certSANs:\n  - b\n"));
  }

  @Test
  void refusesFormsItDoesNotKnow() {
    for (String bad :
        List.of(
            "apiServer:\n  certSANs: &a\n  - b\n",
            "apiServer:\n  certSANs: *a\n",
            "apiServer:\n  certSANs:\n  - |\n    b\n",
            "apiServer:\n  certSANs:\n    a: b\n",
            "apiServer:\n  certSANs:\n  - \"a\\n\"\n",
            "apiServer:\n  certSANs: [a\n",
            "apiServer:\n  certSANs: []\n  certSANs: [a]\n",
            "apiServer:\n\tcertSANs: []\n",
            "clusterName: " + "a".repeat(1025),
            "clusterName: '" + "a".repeat(100_000) + "'",
            "clusterName: a: b\n",
            "clusterName: 'a' b\n",
            "clusterName: |\n  a\n")) {
      assertThrows(MalformedException.class, () -> ClusterConfiguration.parse(bad), bad);
    }
  }

  @Test
  void refusesMoreThanAConfigMapHolds() {
    assertThrows(
        MalformedException.class, () -> ClusterConfiguration.parse("#".repeat(256 * 1024 + 1)));
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    var written =
        new ClusterConfiguration(
            "it's: mine", "v1.30.1", "[fd00::1]:6443", "fd00::/64", List.of("*.a", "::1", "a'b"));
    assertEquals(written, ClusterConfiguration.parse(written.toYaml()));
    var empty = new ClusterConfiguration("", "", "", "", List.of());
    assertEquals(empty, ClusterConfiguration.parse(empty.toYaml()));
  }

  @Test
  void neverWritesAValueOfTwoLines() {
    var trick = new ClusterConfiguration("a\nkind: Other", "", "", "", List.of());
    assertThrows(MalformedException.class, trick::toYaml);
  }

  private static List<String> sans(String yaml) throws MalformedException {
    return ClusterConfiguration.parse(yaml).certSans();
  }
}
