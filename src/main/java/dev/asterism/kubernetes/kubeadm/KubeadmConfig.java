package dev.asterism.kubernetes.kubeadm;

import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.Kubeadm.JoinPlan;
import dev.asterism.wire.Json;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * kubeadm's configuration (wire contract, section 7), as JSON, of which YAML is a superset.
 *
 * @param version the newest that this kubeadm knows
 */
record KubeadmConfig(Version version) {
  /** Where the node image and the components leave patches for static pods. */
  static final String PATCHES = "/opt/kubernetes/patches";

  private static final String CERTIFICATE = "/run/state/kubelet/pki/kubelet-client-crt.pem";
  private static final String KEY = "/run/state/kubelet/pki/kubelet-client-key.pem";
  private static final int API_SERVER = 6443;

  /** Of the configuration's format. */
  enum Version {
    V1BETA3("v1beta3"),
    /** Since kubeadm 1.31; the only one since 1.37. Arguments are lists. */
    V1BETA4("v1beta4");

    private static final int FIRST_WITH_V1BETA4 = 31;

    private final String id;

    Version(String id) {
      this.id = id;
    }

    /**
     * @param minor kubeadm's minor version
     */
    static Version of(int minor) {
      return minor < FIRST_WITH_V1BETA4 ? V1BETA3 : V1BETA4;
    }
  }

  /**
   * For init: three documents.
   *
   * @param nodeName as Kubernetes calls it
   */
  String init(InitPlan plan, String nodeName) {
    ObjectNode init = document("InitConfiguration");
    init.set("nodeRegistration", node(nodeName, plan.nodeIp()));
    init.putObject("localAPIEndpoint")
        .put("advertiseAddress", plan.nodeIp())
        .put("bindPort", API_SERVER);
    init.putObject("patches").put("directory", PATCHES);

    ObjectNode cluster = document("ClusterConfiguration");
    if (!plan.clusterName().isEmpty()) {
      cluster.put("clusterName", plan.clusterName());
    }
    cluster
        .put("kubernetesVersion", plan.kubernetesVersion())
        .put("controlPlaneEndpoint", plan.apiServerEndpoint());
    var names = cluster.putObject("apiServer").putArray("certSANs");
    plan.apiServerCertSans().forEach(names::add);
    if (!plan.serviceCidr().isEmpty()) {
      cluster.putObject("networking").put("serviceSubnet", plan.serviceCidr());
    }

    ObjectNode kubelet = Json.newObject();
    kubelet.put("apiVersion", "kubelet.config.k8s.io/v1beta1").put("kind", "KubeletConfiguration");
    kubelet.put("tlsCertFile", CERTIFICATE).put("tlsPrivateKeyFile", KEY);
    return documents(List.of(init, cluster, kubelet));
  }

  /** For join. Holds the token. */
  String join(JoinPlan plan, String nodeName) {
    ObjectNode join = document("JoinConfiguration");
    join.set("nodeRegistration", node(nodeName, plan.nodeIp()));
    join.putObject("patches").put("directory", PATCHES);
    ObjectNode discovery = join.putObject("discovery");
    discovery
        .putObject("bootstrapToken")
        .put("apiServerEndpoint", plan.apiServerEndpoint())
        .put("token", plan.token())
        .putArray("caCertHashes")
        .add(plan.caCertHash());
    discovery.put("tlsBootstrapToken", plan.token());
    if (plan.controlPlane()) {
      join.putObject("controlPlane")
          .putObject("localAPIEndpoint")
          .put("advertiseAddress", plan.nodeIp())
          .put("bindPort", API_SERVER);
    }
    return documents(List.of(join));
  }

  private ObjectNode document(String kind) {
    ObjectNode document = Json.newObject();
    return document.put("apiVersion", "kubeadm.k8s.io/" + version.id).put("kind", kind);
  }

  private ObjectNode node(String name, String ip) {
    ObjectNode node = Json.newObject().put("name", name);
    switch (version) {
      case V1BETA3 ->
          node.putObject("kubeletExtraArgs")
              .put("node-ip", ip)
              .put("tls-cert-file", CERTIFICATE)
              .put("tls-private-key-file", KEY);
      case V1BETA4 -> {
        var arguments = node.putArray("kubeletExtraArgs");
        arguments.addObject().put("name", "node-ip").put("value", ip);
        arguments.addObject().put("name", "tls-cert-file").put("value", CERTIFICATE);
        arguments.addObject().put("name", "tls-private-key-file").put("value", KEY);
      }
    }
    return node;
  }

  private static String documents(List<ObjectNode> documents) {
    var text = new StringBuilder();
    for (ObjectNode document : documents) {
      text.append("---\n").append(Json.pretty(document));
    }
    return text.toString();
  }
}
