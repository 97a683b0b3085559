package dev.asterism.kubernetes.standalone;

import java.nio.file.Path;

/**
 * Where kubeadm and the kubelet keep things, below a node's root folder.
 *
 * @param root {@code /} of the node
 */
record KubernetesPaths(Path root) {
  Path etcKubernetes() {
    return root.resolve("etc/kubernetes");
  }

  Path pki() {
    return etcKubernetes().resolve("pki");
  }

  Path adminConf() {
    return etcKubernetes().resolve("admin.conf");
  }

  Path kubeletConf() {
    return etcKubernetes().resolve("kubelet.conf");
  }

  Path bootstrapKubeletConf() {
    return etcKubernetes().resolve("bootstrap-kubelet.conf");
  }

  Path kubeletCertificate() {
    return root.resolve("run/state/kubelet/pki/kubelet-client-crt.pem");
  }

  Path kubeletKey() {
    return root.resolve("run/state/kubelet/pki/kubelet-client-key.pem");
  }

  /** Where a control plane keeps the cluster's objects when no other folder is named. */
  Path objects() {
    return etcKubernetes().resolve("standalone");
  }
}
