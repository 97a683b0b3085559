package dev.asterism.cli;

import dev.asterism.collateral.EnvironmentProxies;
import dev.asterism.crypto.Pem;
import dev.asterism.disk.StateDisk;
import dev.asterism.disk.luks.Cryptsetup;
import dev.asterism.disk.luks.IntegrityRule;
import dev.asterism.disk.luks.LuksFormat;
import dev.asterism.disk.luks.LuksStateDisk;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.ComponentInstaller;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiAdmissions;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.FoundedCluster;
import dev.asterism.kubernetes.kubeadm.HttpsDownloads;
import dev.asterism.kubernetes.kubeadm.KubeadmProgram;
import dev.asterism.node.NodePaths;
import dev.asterism.node.NodeServices;
import dev.asterism.node.Programs;
import dev.asterism.node.StateMounts;
import dev.asterism.node.SystemdServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a real node is made of: an open LUKS2 disk, kubeadm, systemd, downloads. */
final class NodeImage implements BootstrapParts {
  private static final Duration COMMAND = Duration.ofMinutes(1);

  /** An API server that kubeadm just started is busy. */
  private static final Duration API_SERVER = Duration.ofMinutes(2);

  private static final String SYSTEM_PATH =
      "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private final NodePaths paths;
  private final LuksStateDisk disk;
  private final HttpsDownloads downloads;
  private final ApiServer server;
  private final Kubeadm kubeadm;
  private final NodeServices services;

  /**
   * @throws MalformedException if an option is missing or wrong
   * @throws IOException if the node is not prepared, saying by what
   */
  NodeImage(BootstrapCommand command, ComponentPolicy policy, InstantSource clock)
      throws IOException, MalformedException {
    Path root = command.root;
    if (command.stateDisk == null) {
      throw new MalformedException(
          "--state-disk",
          "is needed: the block device that 'disk prepare' has opened (on a machine without, as in"
              + " mini: --standalone)");
    }
    SSLContext tls = tls(command.componentsCa);
    new StateMounts(root).require();
    paths = new NodePaths(root);
    disk =
        LuksStateDisk.open(
            Cryptsetup.load(),
            command.stateDisk,
            paths.stateDiskKey(),
            command.integrity,
            LuksFormat.standard(command.integrity != IntegrityRule.ABSENT));
    downloads =
        new HttpsDownloads(
            tls,
            new EnvironmentProxies(System.getenv(), ProxySelector.getDefault()),
            HttpsDownloads.Patience.STANDARD);
    server =
        new ApiServer(
            AccessFiles.kubeconfig(paths.kubernetesDirectory().resolve("admin.conf")), API_SERVER);
    var programs =
        new Programs(Map.of("PATH", paths.binDirectory() + ":" + SYSTEM_PATH, "HOME", "/root"));
    kubeadm =
        new FoundedCluster(
            new KubeadmProgram(
                root, programs::run, new ComponentInstaller(root, policy, downloads), clock),
            server);
    services =
        new SystemdServices(
            root.resolve("usr/bin/systemctl"), root.resolve("usr/bin/journalctl"), COMMAND);
  }

  /** Of the servers of components: who vouches for them. */
  private static SSLContext tls(@Nullable Path authorities) throws MalformedException {
    try {
      if (authorities == null) {
        return SSLContext.getDefault();
      }
      String option = "--components-ca";
      String pem = new String(Inputs.file(option, authorities).toArray(), StandardCharsets.UTF_8);
      return HttpsDownloads.trusting(Pem.certificates(option, pem));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS", e);
    }
  }

  @Override
  public NodePaths paths() {
    return paths;
  }

  @Override
  public StateDisk disk() {
    return disk;
  }

  @Override
  public NodeServices services() {
    return services;
  }

  @Override
  public Kubeadm kubeadm() {
    return kubeadm;
  }

  @Override
  public AdmissionRecords admissions() {
    return new ApiAdmissions(server);
  }

  @Override
  public void close() throws IOException {
    server.close();
    downloads.close();
    disk.close();
  }
}
