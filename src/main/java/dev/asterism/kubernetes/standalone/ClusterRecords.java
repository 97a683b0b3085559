package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.kubernetes.ClusterConfiguration;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The objects that describe the cluster, read and written by their Kubernetes names. */
final class ClusterRecords {
  private static final String KUBEADM_CONFIG = "kubeadm-config";
  private static final String CLUSTER_CONFIGURATION = "ClusterConfiguration";
  private static final String NODE_VERSION = "constellation-version";
  private static final String COMPONENTS_REFERENCE = "kubernetesComponentsReference";
  private static final String ANNOTATION = "constellation.edgeless.systems/kubernetes-components";

  private final ObjectStore store;

  ClusterRecords(ObjectStore store) {
    this.store = store;
  }

  Optional<ClusterConfiguration> configuration() throws IOException {
    Optional<ObjectNode> map = store.get(Kind.CONFIGMAPS, KUBEADM_CONFIG);
    if (map.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          ClusterConfiguration.parse(
              Json.string(Json.child(map.get(), "data"), CLUSTER_CONFIGURATION)));
    } catch (MalformedException e) {
      throw new IOException("ConfigMap " + KUBEADM_CONFIG + ": " + e.getMessage(), e);
    }
  }

  void put(ClusterConfiguration configuration) throws IOException, MalformedException {
    ObjectNode map = object("v1", "ConfigMap", KUBEADM_CONFIG);
    map.putObject("data").put(CLUSTER_CONFIGURATION, configuration.toYaml());
    store.apply(Kind.CONFIGMAPS, KUBEADM_CONFIG, map);
  }

  /** The components that the cluster runs now. */
  Components components() throws IOException {
    ObjectNode version = required(Kind.NODEVERSIONS, NODE_VERSION);
    try {
      String reference = Json.string(Json.child(version, "spec"), COMPONENTS_REFERENCE);
      return ComponentsConfig.fromConfigMap(required(Kind.CONFIGMAPS, reference));
    } catch (MalformedException e) {
      throw new IOException("NodeVersion " + NODE_VERSION + ": " + e.getMessage(), e);
    }
  }

  /** Whether it is recorded what the cluster runs. */
  boolean knowComponents() throws IOException {
    return store.get(Kind.NODEVERSIONS, NODE_VERSION).isPresent();
  }

  /** Records components and makes them those that the cluster runs. */
  void put(Components components) throws IOException {
    store.apply(Kind.CONFIGMAPS, components.reference(), ComponentsConfig.toConfigMap(components));
    ObjectNode version = object("update.edgeless.systems/v1alpha1", "NodeVersion", NODE_VERSION);
    version
        .putObject("spec")
        .put(COMPONENTS_REFERENCE, components.reference())
        .put("kubernetesVersion", components.clusterVersion());
    store.apply(Kind.NODEVERSIONS, NODE_VERSION, version);
  }

  /**
   * Records that a node has arrived, and takes its announcement away, as the operator does: so the
   * next control plane may join.
   */
  void arrived(String nodeName, String componentsReference, boolean controlPlane)
      throws IOException {
    ObjectNode node = object("v1", "Node", nodeName);
    ObjectNode metadata = (ObjectNode) node.get("metadata");
    metadata.putObject("annotations").put(ANNOTATION, componentsReference);
    if (controlPlane) {
      metadata.putObject("labels").put("node-role.kubernetes.io/control-plane", "");
    }
    store.apply(Kind.NODES, nodeName, node);
    unannounce(nodeName, controlPlane);
  }

  /** Nobody need wait for that node any more. */
  void gone(String nodeName) throws IOException {
    unannounce(nodeName, true);
    unannounce(nodeName, false);
  }

  private void unannounce(String nodeName, boolean controlPlane) throws IOException {
    store.exclusively(() -> {
      String name = JoiningNode.objectName(nodeName, controlPlane);
      Optional<JoiningNode> announced = joiningNode(name);
      if (announced.isPresent() && announced.get().name().equals(nodeName)) {
        store.delete(Kind.JOININGNODES, name);
      }
    });
  }

  /** Whether a node of this name has arrived, whenever that was. */
  boolean hasNode(String name) throws IOException {
    return store.get(Kind.NODES, name).isPresent();
  }

  Optional<JoiningNode> joiningNode(String objectName) throws IOException {
    Optional<ObjectNode> object = store.get(Kind.JOININGNODES, objectName);
    if (object.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(JoiningNode.fromJson(object.get()));
    } catch (MalformedException e) {
      throw new IOException("JoiningNode " + objectName + ": " + e.getMessage(), e);
    }
  }

  private ObjectNode required(Kind kind, String name) throws IOException {
    return store
        .get(kind, name)
        .orElseThrow(
            () -> new IOException(name + " does not exist: has this cluster been initialised?"));
  }

  private static ObjectNode object(String apiVersion, String kind, String name) {
    ObjectNode object = Json.newObject();
    object.put("apiVersion", apiVersion).put("kind", kind);
    object.putObject("metadata").put("name", name);
    return object;
  }
}
