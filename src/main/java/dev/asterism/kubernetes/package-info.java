/** Tokens, kubelet certificates, kubeadm, components: what joining needs of Kubernetes. */
@NullMarked
package dev.asterism.kubernetes;

import org.jspecify.annotations.NullMarked;
