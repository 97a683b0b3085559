package dev.asterism.kubernetes.api;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** What a kubelet does at the API server when it comes to a cluster. */
public final class NodeRegistration {
  private static final String SIGNER = "kubernetes.io/kube-apiserver-client-kubelet";
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);
  private static final String CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

  private final ApiServer server;

  /**
   * @param server by a bootstrap token to ask for a certificate, by the certificate for the rest
   */
  public NodeRegistration(ApiServer server) {
    this.server = server;
  }

  /**
   * Asks the cluster for a client certificate and waits until it is approved and signed.
   *
   * @param csrPem subject O=system:nodes, CN=system:node:&lt;name&gt;
   * @return PEM
   * @throws IOException also if nobody signs it in time
   */
  public String certificate(String csrPem, Duration patience) throws IOException {
    String name = "node-csr-" + UUID.randomUUID();
    ObjectNode request = Json.newObject();
    request.put("apiVersion", "certificates.k8s.io/v1").put("kind", "CertificateSigningRequest");
    request.putObject("metadata").put("name", name);
    ObjectNode spec = request.putObject("spec");
    spec.put("signerName", SIGNER).put("request", Bytes.ofUtf8(csrPem).base64());
    spec.putArray("usages").add("digital signature").add("client auth");
    if (!server.create(Resource.SIGNING_REQUESTS, request)) {
      throw new IOException("the signing request " + name + " is there already");
    }
    long start = System.nanoTime();
    while (System.nanoTime() - start < patience.toNanos()) {
      Optional<ObjectNode> now = server.get(Resource.SIGNING_REQUESTS, name);
      String certificate =
          now.map(o -> o.path("status").path("certificate").asString("")).orElse("");
      if (!certificate.isEmpty()) {
        return text(certificate);
      }
      pause();
    }
    throw new IOException("nobody has signed the certificate of " + name);
  }

  private static String text(String base64) throws IOException {
    try {
      return new String(Bytes.ofBase64("certificate", base64).toArray(), StandardCharsets.UTF_8);
    } catch (MalformedException e) {
      throw new IOException("the signing request's " + e.getMessage(), e);
    }
  }

  /** Makes the Node object; one that is there stays as it is. */
  public void register(String nodeName, Map<String, String> annotations) throws IOException {
    ObjectNode node = Json.newObject();
    node.put("apiVersion", "v1").put("kind", "Node");
    ObjectNode metadata = node.putObject("metadata").put("name", nodeName);
    metadata
        .putObject("labels")
        .put("kubernetes.io/hostname", nodeName)
        .put("kubernetes.io/os", "linux");
    ObjectNode notes = metadata.putObject("annotations");
    annotations.forEach(notes::put);
    var _ = server.create(Resource.NODES, node);
  }

  /** What kubeadm does last, as an admin: no kubelet may call itself a control plane. */
  public void markControlPlane(String nodeName) throws IOException {
    ObjectNode node = Json.newObject();
    node.put("apiVersion", "v1").put("kind", "Node");
    node.putObject("metadata")
        .put("name", nodeName)
        .putObject("labels")
        .put(CONTROL_PLANE_LABEL, "");
    server.apply(Resource.NODES, nodeName, node, "kubeadm");
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(LOOK_AGAIN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a certificate", e);
    }
  }
}
