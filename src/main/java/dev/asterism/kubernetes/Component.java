package dev.asterism.kubernetes;

/**
 * A file that a node installs before kubeadm runs.
 *
 * @param url https or {@code data:}
 * @param hash {@code sha256:<hex>} of the fetched bytes
 * @param installPath absolute
 * @param extract a gzipped tar, unpacked below {@code installPath}
 */
public record Component(String url, String hash, String installPath, boolean extract) {}
