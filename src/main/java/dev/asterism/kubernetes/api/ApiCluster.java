package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.BootstrapToken;
import dev.asterism.kubernetes.BootstrapTokens;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.kubernetes.ClusterConfiguration;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.ControlPlaneFolder;
import dev.asterism.kubernetes.CsrException;
import dev.asterism.kubernetes.JoiningNode;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.kubernetes.TokenHolder;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cluster by its API server, and by the files of the control plane that the join-service runs on
 * (wire contract, section 7).
 */
public final class ApiCluster implements ClusterAccess {
  private static final Logger LOG = System.getLogger(ApiCluster.class.getName());
  private static final String NODE_VERSION = "constellation-version";
  private static final String COMPONENTS_REFERENCE = "kubernetesComponentsReference";
  private static final int MAX_FILE = 1024 * 1024;

  /** Of some two thousand millions; a few are taken. */
  private static final int TOKEN_ROUNDS = 4;

  private final ApiServer server;
  private final ControlPlaneFolder folder;
  private final Path clusterConfiguration;
  private final InstantSource clock;
  private final BootstrapTokens tokens;
  private final ApiTokens machineTokens;
  private final JoiningNodes joining;
  private final ApiAdmissions admissions;

  /**
   * @param clusterConfiguration kubeadm's ClusterConfiguration, as the ConfigMap {@code
   *     kubeadm-config} is mounted
   */
  public ApiCluster(
      ApiServer server,
      ControlPlaneFolder folder,
      Path clusterConfiguration,
      InstantSource clock,
      SecureRandom random) {
    this.server = server;
    this.folder = folder;
    this.clusterConfiguration = clusterConfiguration;
    this.clock = clock;
    this.tokens = new BootstrapTokens(clock, random);
    this.machineTokens = new ApiTokens(server, folder, ApiServer.PATIENCE);
    this.admissions = new ApiAdmissions(server);
    this.joining = new JoiningNodes(server, admissions);
  }

  @Override
  public BootstrapToken createToken(Duration ttl) throws IOException {
    for (int round = 0; round < TOKEN_ROUNDS; round++) {
      BootstrapToken token = tokens.create(ttl);
      ObjectNode secret = BootstrapTokens.toSecret(token);
      // Where the name is taken: by this very token, if only the answer was lost. To read Secrets
      // would be to read the master secret too, so the token itself is tried.
      if (server.create(Resource.SECRETS, secret) || server.authenticates(token.token())) {
        LOG.log(Level.INFO, "bootstrap token {0} is valid until {1}", token.id(), token.expires());
        return token;
      }
    }
    throw new IOException("every new bootstrap token has the name of an old one");
  }

  @Override
  public BootstrapToken createToken(Duration ttl, TokenHolder holder, TicketNumber ticket)
      throws IOException {
    return machineTokens.create(ttl, holder, ticket);
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
    return folder.signKubeletCertificate(csr);
  }

  @Override
  public Components components() throws IOException {
    ObjectNode version = required(Resource.NODE_VERSIONS, NODE_VERSION);
    try {
      String reference = Json.string(Json.child(version, "spec"), COMPONENTS_REFERENCE);
      return ComponentsConfig.fromConfigMap(required(Resource.CONFIG_MAPS, reference));
    } catch (MalformedException e) {
      throw new IOException("NodeVersion " + NODE_VERSION + ": " + e.getMessage(), e);
    }
  }

  private ObjectNode required(Resource resource, String name) throws IOException {
    return server
        .get(resource, name)
        .orElseThrow(() ->
            new IOException(
                name + " is not among the " + resource + ": has this cluster been initialised?"));
  }

  @Override
  public List<String> apiServerCertSans() throws IOException {
    return configuration().certSans();
  }

  @Override
  public String serviceCidr() throws IOException {
    return configuration().serviceSubnet();
  }

  private ClusterConfiguration configuration() throws IOException {
    Bytes yaml = AtomicFile.read(clusterConfiguration, MAX_FILE);
    try {
      return ClusterConfiguration.parse(new String(yaml.toArray(), StandardCharsets.UTF_8));
    } catch (MalformedException e) {
      throw new IOException(clusterConfiguration + ": " + e.getMessage(), e);
    }
  }

  @Override
  public boolean hasNode(String name) throws IOException {
    return server.get(Resource.NODES, name).isPresent();
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
    joining.announce(node, now);
    LOG.log(Level.INFO, "{0} is joining, until {1}", node.objectName(), node.deadline());
  }
}
