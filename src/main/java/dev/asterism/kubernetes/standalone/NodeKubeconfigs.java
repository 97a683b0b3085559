package dev.asterism.kubernetes.standalone;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.kubernetes.Kubeconfig;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/** The kubeconfigs that kubeadm writes on a node, all of them 0600: most hold a credential. */
final class NodeKubeconfigs {
  static final String DEFAULT_CLUSTER = "kubernetes";

  private static final int MAX_FILE = 1024 * 1024;

  private final KubernetesPaths paths;
  private final ClusterPki pki;

  NodeKubeconfigs(KubernetesPaths paths, ClusterPki pki) {
    this.paths = paths;
    this.pki = pki;
  }

  /** The admin's, as it is if there is one, else with a new client certificate. */
  String admin(CertificateAuthority authority, String cluster, String server)
      throws IOException, MalformedException {
    if (Files.exists(paths.adminConf())) {
      return new String(
          AtomicFile.read(paths.adminConf(), MAX_FILE).toArray(), StandardCharsets.UTF_8);
    }
    String user = cluster + "-admin";
    try (ClusterPki.Identity admin = pki.admin(authority, user)) {
      String kubeconfig =
          Kubeconfig.embedded(
              cluster, server, authority.certificate(), user, admin.certificate(), admin.keyPem());
      AtomicFile.write(paths.adminConf(), kubeconfig, AtomicFile.PRIVATE);
      return kubeconfig;
    }
  }

  /**
   * The kubelet's own.
   *
   * @param caPem empty where this node does not know the cluster's CA, only its pin
   */
  void kubelet(String server, String nodeName, String caPem)
      throws IOException, MalformedException {
    AtomicFile.write(
        paths.kubeletConf(),
        Kubeconfig.files(
            DEFAULT_CLUSTER,
            server,
            caPem,
            "system:node:" + nodeName,
            "/" + paths.root().relativize(paths.kubeletCertificate()),
            "/" + paths.root().relativize(paths.kubeletKey())),
        AtomicFile.PRIVATE);
  }

  /** The one by which a joining kubelet would first make contact. */
  void bootstrap(String server, String caPem, String token) throws IOException, MalformedException {
    AtomicFile.write(
        paths.bootstrapKubeletConf(),
        Kubeconfig.bootstrap(DEFAULT_CLUSTER, server, caPem, token),
        AtomicFile.PRIVATE);
  }
}
