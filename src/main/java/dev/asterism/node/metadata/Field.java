package dev.asterism.node.metadata;

import org.jspecify.annotations.Nullable;

/** One thing that a node must know of itself or its cluster, and how an operator says it. */
public enum Field {
  NAME("--node-name", null, "the node's name, RFC 1123"),
  ROLE("--node-role", "constellation-role", "control-plane or worker"),
  IP("--node-ip", null, "the node's address in the cluster"),
  PROVIDER_ID("--provider-id", null, "Kubernetes' provider id"),
  API_SERVER("--api-server", "asterism-api-server", "HOST or HOST:PORT of the Kubernetes API"),
  JOIN_ENDPOINTS(
      "--join-endpoints", "asterism-join-endpoints", "HOST:PORT of join-services, with commas"),
  INIT_SECRET_HASH(
      "--init-secret-hash-file",
      "constellation-init-secret-hash",
      "the bcrypt hash of the init secret");

  private final String option;
  private final @Nullable String key;
  private final String form;

  Field(String option, @Nullable String key, String form) {
    this.option = option;
    this.key = key;
    this.form = form;
  }

  /** The flag that says it, whatever the host does. */
  String option() {
    return option;
  }

  /**
   * Under which name it stands in tags, attributes and user data; null: a cloud knows it itself.
   */
  @Nullable String key() {
    return key;
  }

  /** What it looks like, for people. */
  String form() {
    return form;
  }
}
