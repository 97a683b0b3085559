package dev.asterism.kubernetes.standalone;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.CaPin;
import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.kubernetes.ClusterConfiguration;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentInstaller;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.ControlPlaneFiles;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.KubeletCertificates;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kubeadm leaves on a node, without containers: PKI, kubeconfigs, components and records are
 * real, no Kubernetes runs. Either call may be killed at any point and repeated.
 */
public final class StandaloneKubeadm implements Kubeadm {
  private static final Logger LOG = System.getLogger(StandaloneKubeadm.class.getName());
  private static final int MAX_FILE = 1024 * 1024;
  private static final String DEFAULT_CLUSTER = NodeKubeconfigs.DEFAULT_CLUSTER;
  private static final Pattern CLUSTER_NAME = Pattern.compile("[A-Za-z0-9][-._A-Za-z0-9]{0,62}");

  private final KubernetesPaths paths;
  private final ObjectStore store;
  private final ClusterRecords records;
  private final ComponentInstaller installer;
  private final ClusterPki pki;
  private final NodeKubeconfigs kubeconfigs;
  private final InstantSource clock;

  /**
   * @param nodeRoot this node's root folder
   * @param objects where the cluster's objects are, see {@link StandaloneCluster}; null: this
   *     node's own folder
   */
  public StandaloneKubeadm(Path nodeRoot, @Nullable Path objects, InstantSource clock) {
    this(nodeRoot, objects, ComponentPolicy.STANDARD, clock);
  }

  /**
   * The same with another policy than the standard one.
   *
   * @param components what may be installed, and where
   */
  public StandaloneKubeadm(
      Path nodeRoot, @Nullable Path objects, ComponentPolicy components, InstantSource clock) {
    this.paths = new KubernetesPaths(nodeRoot);
    this.store = new ObjectStore(objects == null ? paths.objects() : objects);
    this.records = new ClusterRecords(store);
    this.installer = new ComponentInstaller(nodeRoot, components, (_, _, _) -> refuse());
    this.pki = new ClusterPki(paths.pki(), clock);
    this.kubeconfigs = new NodeKubeconfigs(paths, pki);
    this.clock = clock;
  }

  /** A stand-in does not fetch what it will not run. */
  private static void refuse() throws MalformedException {
    throw new MalformedException(
        "url",
        "is not a data: URL, and standalone Kubernetes downloads nothing; leave the component out,"
            + " or embed it");
  }

  @Override
  public void fetch(List<Component> components) throws IOException, MalformedException {
    installer.fetch(components);
  }

  @Override
  public String init(InitPlan plan) throws IOException {
    try {
      String name = NodeNames.normalize(plan.nodeName());
      String cluster = clusterName(plan.clusterName());
      CertificateAuthority authority = pki.ensure();
      ensureKubeletCertificate(authority, name, plan.nodeIp());
      installer.install(plan.components());
      records.put(
          new ClusterConfiguration(
              cluster,
              plan.kubernetesVersion(),
              plan.apiServerEndpoint(),
              plan.serviceCidr(),
              plan.apiServerCertSans()));
      var components =
          new Components(
              ComponentsConfig.reference(plan.components()),
              plan.kubernetesVersion(),
              plan.components());
      records.put(components);
      String kubeconfig = kubeconfigs.admin(authority, cluster, plan.apiServerEndpoint());
      kubeconfigs.kubelet(plan.apiServerEndpoint(), name, authority.certificatePem());
      records.arrived(name, components.reference(), true);
      LOG.log(
          Level.INFO,
          "standalone Kubernetes: {0} is the first control plane; no Kubernetes runs on it",
          name);
      return kubeconfig;
    } catch (MalformedException e) {
      throw new IOException("standalone Kubernetes: " + e.getMessage(), e);
    }
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    try {
      String name = NodeNames.normalize(plan.nodeName());
      String token = BootstrapToken.parse(plan.token(), Instant.MAX).token();
      CaPin pin = CaPin.parse(plan.caCertHash());
      String caPem = plan.controlPlane() ? takeControlPlaneFiles(plan, pin) : "";
      installer.install(plan.components());
      String reference = ComponentsConfig.reference(plan.components());
      if (plan.controlPlane()) {
        joinAsControlPlane(plan, reference);
      }
      kubeconfigs.bootstrap(plan.apiServerEndpoint(), caPem, token);
      kubeconfigs.kubelet(plan.apiServerEndpoint(), name, caPem);
      if (store.exists()) {
        records.arrived(name, reference, plan.controlPlane());
      }
      LOG.log(
          Level.INFO,
          "standalone Kubernetes: {0} has joined {1} as {2}; no Kubernetes runs on it",
          name,
          plan.apiServerEndpoint(),
          plan.controlPlane() ? "control plane" : "worker");
    } catch (MalformedException e) {
      throw new IOException("standalone Kubernetes: " + e.getMessage(), e);
    }
  }

  /** Writes the shared files, if they are the pinned cluster's and no other's stand there. */
  private String takeControlPlaneFiles(JoinPlan plan, CaPin pin)
      throws IOException, MalformedException {
    Bytes ca = ControlPlaneFiles.content(plan.controlPlaneFiles(), "ca.crt");
    String pem = new String(ca.toArray(), StandardCharsets.UTF_8);
    if (!pin.matches(Pem.certificates("ca.crt", pem).getFirst())) {
      throw new MalformedException("ca.crt", "is not the CA that the ticket pins");
    }
    Path present = paths.pki().resolve("ca.crt");
    if (Files.exists(present) && !AtomicFile.read(present, MAX_FILE).equals(ca)) {
      throw new IOException(
          present + " belongs to another cluster: reset this node before it joins this one");
    }
    ControlPlaneFiles.write(paths.pki(), plan.controlPlaneFiles());
    return pem;
  }

  private void joinAsControlPlane(JoinPlan plan, String reference)
      throws IOException, MalformedException {
    // With the first control plane's objects in reach these are there; alone, this node starts its
    // own records from what the ticket says.
    if (!records.knowComponents()) {
      records.put(new Components(reference, "", plan.components()));
    }
    if (records.configuration().isEmpty()) {
      records.put(
          new ClusterConfiguration(DEFAULT_CLUSTER, "", plan.apiServerEndpoint(), "", List.of()));
    }
    String cluster =
        records.configuration().map(ClusterConfiguration::clusterName).orElse(DEFAULT_CLUSTER);
    kubeconfigs.admin(pki.load("ca"), clusterName(cluster), plan.apiServerEndpoint());
  }

  /** Signs this first node's own kubelet certificate; a joining node brings one in its ticket. */
  private void ensureKubeletCertificate(CertificateAuthority authority, String name, String ip)
      throws IOException, MalformedException {
    if (Files.exists(paths.kubeletCertificate())
        && pki.signed(authority, paths.kubeletCertificate())) {
      return;
    }
    KeyPair pair = KeyPairs.ecP256();
    try (Secret key = Pem.encode(pair.getPrivate())) {
      ClusterPki.writePrivate(paths.kubeletKey(), key);
    }
    try {
      Bytes csr = CertificateRequests.create(pair, name, List.of(), List.of(ip));
      AtomicFile.write(
          paths.kubeletCertificate(),
          new KubeletCertificates(authority, clock).sign(csr),
          AtomicFile.PUBLIC);
    } catch (CsrException | IllegalArgumentException e) {
      throw new MalformedException("node", String.valueOf(e.getMessage()));
    }
  }

  private static String clusterName(String name) throws MalformedException {
    if (name.isEmpty()) {
      return DEFAULT_CLUSTER;
    }
    if (!CLUSTER_NAME.matcher(name).matches()) {
      throw new MalformedException(
          "cluster_name", "must be 1 to 63 letters, digits, dots, dashes or underscores");
    }
    return name;
  }
}
