package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.util.List;

/**
 * What joining needs of kubeadm's ClusterConfiguration (v1beta3), which the ConfigMap {@code
 * kubeadm-config} holds as YAML.
 *
 * @param controlPlaneEndpoint {@code host:port}
 * @param certSans extra names and addresses of the API server
 */
public record ClusterConfiguration(
    String clusterName,
    String kubernetesVersion,
    String controlPlaneEndpoint,
    String serviceSubnet,
    List<String> certSans) {
  public ClusterConfiguration {
    certSans = List.copyOf(certSans);
  }

  /**
   * Reads it; a member that is absent is empty.
   *
   * @throws MalformedException where one of the members is written in a way this reader does not
   *     know: better no names than wrong ones
   */
  public static ClusterConfiguration parse(String yaml) throws MalformedException {
    var lines = YamlLines.of("ClusterConfiguration", yaml);
    return new ClusterConfiguration(
        lines.scalar("clusterName"),
        lines.scalar("kubernetesVersion"),
        lines.scalar("controlPlaneEndpoint"),
        lines.scalar("networking", "serviceSubnet"),
        lines.list("apiServer", "certSANs"));
  }

  /**
   * As kubeadm writes it.
   *
   * @throws MalformedException if a value holds control characters
   */
  public String toYaml() throws MalformedException {
    var sans = new StringBuilder(certSans.isEmpty() ? "  certSANs: []\n" : "  certSANs:\n");
    for (String name : certSans) {
      sans.append("  - ").append(quoted(name)).append('\n');
    }
    return """
    apiServer:
    %sapiVersion: kubeadm.k8s.io/v1beta3
    clusterName: %s
    controlPlaneEndpoint: %s
    kind: ClusterConfiguration
    kubernetesVersion: %s
    networking:
      serviceSubnet: %s
    """
        .formatted(
            sans,
            quoted(clusterName),
            quoted(controlPlaneEndpoint),
            quoted(kubernetesVersion),
            quoted(serviceSubnet));
  }

  /** In single quotes, in which YAML knows no escape but the doubled quote. */
  private static String quoted(String value) throws MalformedException {
    if (value.codePoints().anyMatch(Character::isISOControl)) {
      throw new MalformedException("ClusterConfiguration", "a value holds control characters");
    }
    return "'" + value.replace("'", "''") + "'";
  }
}
