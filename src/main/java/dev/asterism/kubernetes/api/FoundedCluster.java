package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * Puts into a new cluster, behind kubeadm, what later joins look for (wire contract, section 7):
 * which components its nodes run, that the first one runs them, and our kinds of object.
 */
public final class FoundedCluster implements Kubeadm {
  private static final String MANAGER = "asterism";
  private static final String ANNOTATION = "constellation.edgeless.systems/kubernetes-components";

  private final Kubeadm kubeadm;
  private final ApiServer server;

  /**
   * @param kubeadm does the work
   * @param server as an admin; used after init only
   */
  public FoundedCluster(Kubeadm kubeadm, ApiServer server) {
    this.kubeadm = kubeadm;
    this.server = server;
  }

  @Override
  public void fetch(List<Component> components) throws IOException, MalformedException {
    kubeadm.fetch(components);
  }

  @Override
  public String init(InitPlan plan) throws IOException {
    String kubeconfig = kubeadm.init(plan);
    var manifests = new Manifests(server);
    ObjectKinds.OURS.apply(manifests);
    manifests.apply(emptyConfig());
    String reference = ComponentsConfig.reference(plan.components());
    manifests.apply(
        ComponentsConfig.toConfigMap(
            new Components(reference, plan.kubernetesVersion(), plan.components())));
    annotate(plan.nodeName(), reference);
    return kubeconfig;
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    kubeadm.join(plan);
  }

  /** The join-service's manifest mounts it; the old system's network wants it there, too. */
  private static ObjectNode emptyConfig() {
    ObjectNode config = Json.newObject();
    config.put("apiVersion", "v1").put("kind", "ConfigMap");
    config.putObject("metadata").put("name", "internal-config").put("namespace", "kube-system");
    return config;
  }

  private void annotate(String nodeName, String reference) throws IOException {
    try {
      String name = NodeNames.normalize(nodeName);
      ObjectNode node = Json.newObject();
      node.put("apiVersion", "v1").put("kind", "Node");
      node.putObject("metadata")
          .put("name", name)
          .putObject("annotations")
          .put(ANNOTATION, reference);
      server.apply(Resource.NODES, name, node, MANAGER);
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
