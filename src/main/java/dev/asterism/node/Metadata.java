package dev.asterism.node;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What the host says about this instance. Nothing security-relevant rests on it alone. */
public interface Metadata {
  /** This instance. */
  Instance self() throws IOException;

  /**
   * Where a join-service may answer, {@code host:port}, the load balancer first, then each control
   * plane. May grow from call to call.
   */
  List<String> joinEndpoints() throws IOException;

  /** The Kubernetes API as nodes reach it, {@code host:port}. */
  String apiServerEndpoint() throws IOException;

  /** The bcrypt hash that the init secret must match; empty: nobody may init this node. */
  Optional<String> initSecretHash() throws IOException;

  /**
   * @param name RFC 1123, lower case: the node's name in Kubernetes
   * @param providerId Kubernetes' provider id, may be empty
   * @param ip the node's address inside the cluster
   */
  record Instance(String name, String providerId, Role role, String ip) {}
}
