package dev.asterism.cli;

import dev.asterism.audit.AuditLog;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.NodeNames;
import dev.asterism.kubernetes.api.Access;
import dev.asterism.kubernetes.api.AccessFiles;
import dev.asterism.kubernetes.api.ApiCluster;
import dev.asterism.kubernetes.api.ApiServer;
import dev.asterism.kubernetes.api.AuditHeads;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The cluster that a join-service admits nodes to: a real one, or a stand-in. */
final class JoinServiceCluster implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(JoinServiceCluster.class.getName());

  /** How often the audit log's head is kept in the cluster, where it has changed. */
  private static final Duration HEADS = Duration.ofHours(1);

  private static final String CLUSTER_CONFIGURATION = "ClusterConfiguration";

  private final ClusterAccess access;
  private final Optional<ApiServer> server;
  private final @Nullable Thread heads;

  private JoinServiceCluster(
      ClusterAccess access, Optional<ApiServer> server, @Nullable Thread heads) {
    this.access = access;
    this.server = server;
    this.heads = heads;
  }

  static JoinServiceCluster of(JoinServiceCommand command, AuditLog audit, InstantSource clock)
      throws IOException, MalformedException {
    if (command.standalone) {
      return new JoinServiceCluster(
          new StandaloneCluster(command.root, command.objects, clock, new SecureRandom()),
          Optional.empty(),
          null);
    }
    Access.Source source =
        command.kubeconfig == null
            ? AccessFiles.inCluster(AccessFiles.SERVICE_ACCOUNT, System.getenv())
            : AccessFiles.kubeconfig(command.kubeconfig);
    // What cannot be read now is a mistake, not an outage.
    LOG.log(Level.INFO, "the API server is at {0}", source.read().server());
    var server = new ApiServer(source);
    var cluster =
        new ApiCluster(
            server,
            new ControlPlaneFolder(command.root.resolve("etc/kubernetes"), clock),
            command.kubeadmConfig.resolve(CLUSTER_CONFIGURATION),
            clock,
            new SecureRandom());
    String log = "join-service-" + nodeName();
    Thread heads =
        Thread.ofVirtual()
            .name("audit-heads")
            .start(() -> keepHeads(new AuditHeads(server), log, audit, clock));
    return new JoinServiceCluster(cluster, Optional.of(server), heads);
  }

  /** As the pod's manifest says; outside a pod, this machine's. */
  private static String nodeName() throws IOException, MalformedException {
    String name = System.getenv("NODE_NAME");
    return NodeNames.normalize(name == null ? InetAddress.getLocalHost().getHostName() : name);
  }

  /** Begins at once: what the log held before this start is kept before anything is added. */
  private static void keepHeads(AuditHeads heads, String log, AuditLog audit, InstantSource clock) {
    try {
      while (true) {
        keepHead(heads, log, audit, clock);
        Thread.sleep(HEADS);
      }
    } catch (InterruptedException e) {
      keepHead(heads, log, audit, clock);
    }
  }

  private static void keepHead(AuditHeads heads, String log, AuditLog audit, InstantSource clock) {
    try {
      Bytes head = audit.head().hash();
      if (!head.isAllZero()) {
        heads.keep(log, head, clock.instant());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the audit log''s head is not kept: {0}", e.getMessage());
    }
  }

  ClusterAccess access() {
    return access;
  }

  /** Whether joins have a cluster to go to. */
  boolean ready() {
    return server.isEmpty() || server.get().ready();
  }

  /** Keeps the audit log's last head; the log must still be open. */
  @Override
  public void close() {
    if (heads != null) {
      heads.interrupt();
      try {
        var _ = heads.join(Duration.ofSeconds(5));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    server.ifPresent(ApiServer::close);
  }
}
