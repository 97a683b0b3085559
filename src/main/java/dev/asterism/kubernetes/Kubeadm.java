package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.List;

/** Makes this node the first control plane, or a member. */
public interface Kubeadm {
  /**
   * Brings near what init or join will install, while a failure still costs nothing. May be called
   * again, and need not be called.
   *
   * @throws MalformedException if these components are not to be installed, naming one
   * @throws IOException if one is not to be had now
   */
  void fetch(List<Component> components) throws IOException, MalformedException;

  /**
   * @return the admin's kubeconfig, YAML
   */
  String init(InitPlan plan) throws IOException;

  void join(JoinPlan plan) throws IOException;

  record InitPlan(
      String clusterName,
      String kubernetesVersion,
      String nodeName,
      String nodeIp,
      String apiServerEndpoint,
      List<String> apiServerCertSans,
      String serviceCidr,
      boolean conformanceMode,
      List<Component> components) {
    public InitPlan {
      apiServerCertSans = List.copyOf(apiServerCertSans);
      components = List.copyOf(components);
    }
  }

  /**
   * @param token {@code id.secret}; not in {@link #toString}
   * @param controlPlaneFiles empty for a worker
   */
  record JoinPlan(
      String nodeName,
      String nodeIp,
      String apiServerEndpoint,
      String token,
      String caCertHash,
      boolean controlPlane,
      List<ClusterAccess.ControlPlaneFile> controlPlaneFiles,
      List<Component> components) {
    public JoinPlan {
      controlPlaneFiles = List.copyOf(controlPlaneFiles);
      components = List.copyOf(components);
    }

    @Override
    public String toString() {
      return "JoinPlan(" + nodeName + " to " + apiServerEndpoint + ")";
    }
  }
}
