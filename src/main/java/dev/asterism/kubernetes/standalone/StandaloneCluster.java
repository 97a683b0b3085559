package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.kubernetes.ClusterConfiguration;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.JoinInProgressException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster without an API server: the real PKI and real kubeconfigs of a control plane's {@code
 * /etc/kubernetes}, and the cluster's objects as files. Everything is read when it is asked for, so
 * that this may start before the node is a control plane.
 */
public final class StandaloneCluster implements ClusterAccess {
  private static final Logger LOG = System.getLogger(StandaloneCluster.class.getName());

  /** To look at every token for each new one would make a storm of joins quadratic. */
  private static final Duration CLEANING = Duration.ofMinutes(1);

  private final ObjectStore store;
  private final ClusterRecords records;
  private final InstantSource clock;
  private final BootstrapTokens tokens;
  private final StandaloneTokens machineTokens;
  private final ControlPlaneFolder folder;
  private final StandaloneAdmissions admissions;
  private final AtomicReference<Instant> cleaned = new AtomicReference<>(Instant.MIN);

  /**
   * @param nodeRoot the control plane's root folder
   * @param objects where the cluster's objects are, in place of etcd; shared by the control planes
   *     that see each other's objects; null: this node's own folder
   */
  public StandaloneCluster(
      Path nodeRoot, @Nullable Path objects, InstantSource clock, SecureRandom random) {
    var paths = new KubernetesPaths(nodeRoot);
    this.folder = new ControlPlaneFolder(paths.etcKubernetes(), clock);
    this.store = new ObjectStore(objects == null ? paths.objects() : objects);
    this.records = new ClusterRecords(store);
    this.admissions = new StandaloneAdmissions(store);
    this.clock = clock;
    this.tokens = new BootstrapTokens(clock, random);
    this.machineTokens = new StandaloneTokens(store, tokens);
  }

  @Override
  public BootstrapToken createToken(Duration ttl) throws IOException {
    deleteExpiredTokens();
    BootstrapToken token = tokens.create(ttl);
    store.apply(Kind.SECRETS, BootstrapTokens.secretName(token), BootstrapTokens.toSecret(token));
    LOG.log(
        Level.INFO,
        "standalone Kubernetes: bootstrap token {0} is valid until {1}",
        token.id(),
        token.expires());
    return token;
  }

  @Override
  public BootstrapToken createToken(Duration ttl, TokenHolder holder, TicketNumber ticket)
      throws IOException {
    deleteExpiredTokens();
    // Here Secrets may be read, so the one that there is says which it is.
    return machineTokens.create(ttl, holder);
  }

  /** What Kubernetes' token cleaner does. */
  private void deleteExpiredTokens() throws IOException {
    Instant now = clock.instant();
    Instant last = cleaned.get();
    if (last.isAfter(now.minus(CLEANING)) || !cleaned.compareAndSet(last, now)) {
      return;
    }
    for (String name : store.names(Kind.SECRETS)) {
      if (expired(name, now)) {
        // Looked at again: a machine's next token has the name of its last.
        store.<IOException>exclusively(() -> {
          if (expired(name, now)) {
            store.delete(Kind.SECRETS, name);
          }
        });
      }
    }
  }

  private boolean expired(String secretName, Instant now) throws IOException {
    Optional<ObjectNode> secret = store.get(Kind.SECRETS, secretName);
    try {
      return secret.isPresent() && BootstrapTokens.fromSecret(secret.get()).expires().isBefore(now);
    } catch (MalformedException e) {
      LOG.log(Level.WARNING, "standalone Kubernetes: Secret {0}: {1}", secretName, e.getMessage());
      return false;
    }
  }

  @Override
  public String caCertHash() throws IOException {
    return folder.caPin().value();
  }

  @Override
  public String apiServerEndpoint() throws IOException {
    return folder.apiServerEndpoint();
  }

  @Override
  public String signKubeletCertificate(Bytes csr) throws IOException, CsrException {
    String certificate = folder.signKubeletCertificate(csr);
    LOG.log(Level.INFO, "standalone Kubernetes: signed a kubelet certificate");
    return certificate;
  }

  @Override
  public Components components() throws IOException {
    return records.components();
  }

  @Override
  public List<String> apiServerCertSans() throws IOException {
    return records.configuration().map(ClusterConfiguration::certSans).orElse(List.of());
  }

  @Override
  public String serviceCidr() throws IOException {
    return records.configuration().map(ClusterConfiguration::serviceSubnet).orElse("");
  }

  @Override
  public boolean hasNode(String name) throws IOException {
    return records.hasNode(name);
  }

  @Override
  public AdmissionRecords admissions() {
    return admissions;
  }

  @Override
  public List<ControlPlaneFile> controlPlaneFiles() throws IOException {
    return folder.files();
  }

  @Override
  public void registerJoiningNode(
      String name, String componentsReference, boolean controlPlane, String attester)
      throws IOException {
    Instant now = clock.instant();
    JoiningNode node = JoiningNode.from(now, name, componentsReference, controlPlane, attester);
    if (controlPlane) {
      store.<IOException>exclusively(() -> announceAlone(node, now));
    } else {
      store.apply(Kind.JOININGNODES, node.objectName(), node.toJson());
    }
    LOG.log(
        Level.INFO,
        "standalone Kubernetes: {0} is joining, until {1}",
        node.objectName(),
        node.deadline());
  }

  /**
   * Takes the announcement of a machine away that will not come any more; nothing where there is
   * none. A real cluster's operator does so when the deadline is over.
   *
   * @param objects where the cluster's objects are
   */
  public static void gone(Path objects, String nodeName) throws IOException {
    new ClusterRecords(new ObjectStore(objects)).gone(nodeName);
  }

  /**
   * Creates the announcement, unless another machine's is there whose time is not over. A machine
   * that asks again was killed on the way, and must not wait for itself.
   */
  private void announceAlone(JoiningNode node, Instant now) throws IOException {
    Optional<JoiningNode> other = records.joiningNode(node.objectName());
    if (other.isPresent()
        && !other.get().expired(now)
        && !other.get().sameMachine(node)
        && !AdmissionRules.letGo(admissions.all(), other.get().attester())) {
      throw new JoinInProgressException(
          "the control plane "
              + other.get().name()
              + " is joining, until "
              + other.get().deadline());
    }
    store.apply(Kind.JOININGNODES, node.objectName(), node.toJson());
  }
}
