package dev.asterism.bootstrap;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.Issuer;
import dev.asterism.disk.StateDisk;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;

/** What a node is made of, real or standing in. */
public record NodeParts(
    NodePaths paths,
    Metadata metadata,
    StateDisk disk,
    ClusterRegister register,
    Issuer issuer,
    NodeServices services,
    Kubeadm kubeadm) {}
