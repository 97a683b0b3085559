package dev.asterism.kubernetes.local;

import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.kubernetes.api.Access;
import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.Discovery;
import dev.asterism.kubernetes.api.NodeRegistration;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Goes to a real API server for a node on which no kubelet runs: finds the cluster's CA by token
 * and pin, has a client certificate signed, makes the Node object. What kubeadm writes, another one
 * writes before.
 */
public final class RegisteringKubeadm implements Kubeadm {
  private static final Logger LOG = System.getLogger(RegisteringKubeadm.class.getName());
  private static final String ANNOTATION = "constellation.edgeless.systems/kubernetes-components";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

  private final Kubeadm files;
  private final Path root;

  /**
   * @param files writes what kubeadm would
   * @param root the node's file system
   */
  public RegisteringKubeadm(Kubeadm files, Path root) {
    this.files = files;
    this.root = root;
  }

  @Override
  public void fetch(List<Component> components) throws IOException, MalformedException {
    files.fetch(components);
  }

  /** The first node registers when its API server runs, see {@link #registerFirst}. */
  @Override
  public String init(InitPlan plan) throws IOException {
    return files.init(plan);
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    try {
      BootstrapToken token = BootstrapToken.parse(plan.token(), Instant.MAX);
      CaPin pin = CaPin.parse(plan.caCertHash());
      String name = NodeNames.normalize(plan.nodeName());
      String authority = discover(plan.apiServerEndpoint(), token, pin);
      files.join(plan);
      String server = "https://" + plan.apiServerEndpoint();
      Access kubelet = certified(server, authority, token, name);
      register(kubelet, name, ComponentsConfig.reference(plan.components()));
      if (plan.controlPlane()) {
        mark(root, name);
      }
    } catch (MalformedException e) {
      throw new IOException("this ticket: " + e.getMessage(), e);
    }
  }

  /** The controller signs with a new token within seconds. */
  private static String discover(String endpoint, BootstrapToken token, CaPin pin)
      throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        return Discovery.authority(endpoint, token, pin);
      } catch (IOException e) {
        if (System.nanoTime() - start > PATIENCE.toNanos()) {
          throw e;
        }
        LOG.log(Level.DEBUG, "once more: {0}", e.getMessage());
      }
      try {
        Thread.sleep(LOOK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while looking for the cluster", e);
      }
    }
  }

  /** Keeps certificate and key where a kubelet does. */
  private Access certified(String server, String authority, BootstrapToken token, String name)
      throws IOException {
    KeyPair pair = KeyPairs.ecP256();
    String csr =
        Pem.encode(
            "CERTIFICATE REQUEST", CertificateRequests.create(pair, name, List.of(), List.of()));
    Access bootstrapper = Access.byToken(server, authority, token.token());
    String certificate;
    try (var api = new ApiServer(() -> bootstrapper)) {
      certificate = new NodeRegistration(api).certificate(csr, PATIENCE);
    }
    try (Secret pem = Pem.encode(pair.getPrivate())) {
      String key = pem.use(bytes -> new String(bytes, StandardCharsets.US_ASCII));
      AtomicFile.write(
          root.resolve("var/lib/kubelet/pki/kubelet-client-current.pem"),
          certificate + key,
          AtomicFile.PRIVATE);
      return Access.byCertificate(server, authority, certificate, key);
    }
  }

  private static void register(Access kubelet, String name, String components) throws IOException {
    try (var api = new ApiServer(() -> kubelet)) {
      new NodeRegistration(api).register(name, Map.of(ANNOTATION, components));
    }
    LOG.log(Level.INFO, "{0} is a node of the API server; no kubelet runs on it", name);
  }

  /** By the admin's kubeconfig that a control plane has. */
  private static void mark(Path root, String name) throws IOException {
    try (var api =
        new ApiServer(AccessFiles.kubeconfig(root.resolve("etc/kubernetes/admin.conf")))) {
      new NodeRegistration(api).markControlPlane(name);
    }
  }

  /**
   * Makes the Node object of the node that was initialised, with the certificate it has since then.
   */
  public static void registerFirst(
      Path root, String endpoint, String authority, String nodeName, String components)
      throws IOException {
    Path pki = root.resolve("run/state/kubelet/pki");
    register(
        Access.byCertificate(
            "https://" + endpoint,
            authority,
            text(pki.resolve("kubelet-client-crt.pem")),
            text(pki.resolve("kubelet-client-key.pem"))),
        nodeName,
        components);
    mark(root, nodeName);
  }

  private static String text(Path file) throws IOException {
    return new String(AtomicFile.read(file, 64 * 1024).toArray(), StandardCharsets.US_ASCII);
  }
}
