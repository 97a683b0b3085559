package dev.asterism.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The role that admits nodes. */
@Command(
    name = "join-service",
    header = JoinServiceCommand.HEADER,
    description = {
      "Verifies each node in the TLS handshake against the attestation config of its mounted",
      "configuration, which it reloads when it changes. Without an accepted verdict there is no",
      "connection; one connection yields one ticket. Proves itself to nodes in the same handshake",
      "where --tpm is given or the machine's TPM is there.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class JoinServiceCommand implements Callable<Integer> {
  static final String HEADER = "Admit nodes that prove themselves, and give them their tickets.";

  @Mixin EvidenceOptions evidence = new EvidenceOptions();
  @Mixin RoleOptions role = new RoleOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = ":9090",
      converter = Address.class,
      description = "Where nodes join (default: ${DEFAULT-VALUE}).")
  InetSocketAddress listen = new InetSocketAddress(0);

  @Option(
      names = "--key-service-endpoint",
      paramLabel = "HOST:PORT",
      defaultValue = "key-service.kube-system:9000",
      description = "Where keys come from (default: ${DEFAULT-VALUE}).")
  String keyService = "";

  @Option(
      names = "--key-service-ca",
      paramLabel = "FILE",
      description = {
        "Who signs the key-service's certificate, PEM; it must name the endpoint's host as an",
        "alternative name. Reloaded when it changes, with the next two."
      })
  @Nullable Path keyServiceCa;

  @Option(
      names = "--key-service-cert",
      paramLabel = "FILE",
      description = "What this service shows to the key-service, PEM; its common name counts.")
  @Nullable Path keyServiceCert;

  @Option(
      names = "--key-service-key",
      paramLabel = "FILE",
      description = "The private key of that, PEM.")
  @Nullable Path keyServiceKey;

  @Option(
      names = "--key-service-plain",
      description = {
        "No TLS, for a key-service of the old system. Whoever is on the way sees every key."
      })
  boolean keyServicePlain;

  @Option(
      names = {"--cloud-provider", "--csp"},
      paramLabel = "NAME",
      description = "aws, azure, gcp, openstack, stackit or qemu; taken for old manifests, unused.")
  @Nullable String provider;

  @Option(
      names = "--config",
      paramLabel = "DIR",
      defaultValue = "/var/config",
      description = "Holds attestationConfig and measurementSalt (default: ${DEFAULT-VALUE}).")
  Path config = Path.of("");

  @Mixin AuditOptions audit = new AuditOptions();

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "The control plane's file system (default: ${DEFAULT-VALUE}).")
  Path root = Path.of("/");

  @Option(
      names = "--kubeadm-config",
      paramLabel = "DIR",
      defaultValue = "/var/kubeadm-config",
      description = "Holds kubeadm's ClusterConfiguration (default: ${DEFAULT-VALUE}).")
  Path kubeadmConfig = Path.of("");

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "How to reach the API server (default: the pod's service account).")
  @Nullable Path kubeconfig;

  @Option(
      names = "--standalone",
      description = {
        "A stand-in for Kubernetes, which keeps its state in files below --root: for machines",
        "without the real one, as in mini. Says so in every log line."
      })
  boolean standalone;

  @Option(
      names = "--standalone-objects",
      paramLabel = "DIR",
      description = "Where stand-ins of one cluster share its Kubernetes objects.")
  @Nullable Path objects;

  JoinServiceCommand() {}

  @Override
  public Integer call() throws Exception {
    role.startLogging();
    return new JoinServiceRun(this).run();
  }
}
