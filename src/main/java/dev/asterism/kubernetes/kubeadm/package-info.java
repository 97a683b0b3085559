/** The program kubeadm, and what it is told. */
@NullMarked
package dev.asterism.kubernetes.kubeadm;

import org.jspecify.annotations.NullMarked;
