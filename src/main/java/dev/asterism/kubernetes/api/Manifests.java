package dev.asterism.kubernetes.api;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Objects as files have them, put into a cluster as {@code kubectl apply --server-side} does. */
public final class Manifests {
  private static final String MANAGER = "asterism";
  private static final String CUSTOM_RESOURCES =
      "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** By {@code apiVersion kind}: where objects of it are; {@code %s} is the namespace. */
  private static final Map<String, String> PATHS =
      Map.of(
          "v1 ConfigMap", "/api/v1/namespaces/%s/configmaps",
          "v1 Namespace", "/api/v1/namespaces",
          "apiextensions.k8s.io/v1 CustomResourceDefinition", CUSTOM_RESOURCES,
          "rbac.authorization.k8s.io/v1 ClusterRole",
              "/apis/rbac.authorization.k8s.io/v1/clusterroles",
          "rbac.authorization.k8s.io/v1 ClusterRoleBinding",
              "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
          "rbac.authorization.k8s.io/v1 Role",
              "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/roles",
          "rbac.authorization.k8s.io/v1 RoleBinding",
              "/apis/rbac.authorization.k8s.io/v1/namespaces/%s/rolebindings",
          "update.edgeless.systems/v1alpha1 NodeVersion",
              "/apis/update.edgeless.systems/v1alpha1/nodeversions");

  private final ApiServer server;

  /**
   * @param server as an admin
   */
  public Manifests(ApiServer server) {
    this.server = server;
  }

  /** One object, or all of a List; a custom resource is served when this returns. */
  public void apply(ObjectNode object) throws IOException {
    try {
      if (Json.string(object, "kind").equals("List")) {
        for (JsonNode item : object.path("items")) {
          apply((ObjectNode) item);
        }
        return;
      }
      ObjectNode metadata = Json.child(object, "metadata");
      String kind = Json.string(object, "apiVersion") + " " + Json.string(object, "kind");
      String path = PATHS.get(kind);
      if (path == null) {
        throw new MalformedException("kind", kind + " is none that is put into clusters here");
      }
      String folder = path.formatted(metadata.path("namespace").asString("default"));
      server.apply(kind, folder + "/" + Json.string(metadata, "name"), object, MANAGER);
      if (path.equals(CUSTOM_RESOURCES)) {
        awaitServed(Json.child(object, "spec"));
      }
    } catch (MalformedException e) {
      throw new IOException("manifest: " + e.getMessage(), e);
    }
  }

  private void awaitServed(ObjectNode spec) throws IOException, MalformedException {
    String path =
        "/apis/"
            + Json.string(spec, "group")
            + "/"
            + spec.path("versions").path(0).path("name").asString("")
            + "/"
            + Json.string(Json.child(spec, "names"), "plural");
    long start = System.nanoTime();
    while (!server.serves(path)) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new IOException("the API server does not serve " + path);
      }
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + path, e);
      }
    }
  }
}
