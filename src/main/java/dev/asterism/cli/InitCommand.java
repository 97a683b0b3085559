package dev.asterism.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Turns the first node into a cluster. The work is done by {@link InitRun}. */
@Command(
    name = "init",
    header = InitCommand.HEADER,
    description =
        "Waits for the node, makes it prove what it runs, and only then sends it the cluster's"
            + " master secret. Writes into the workspace: constellation-mastersecret.json (keep it:"
            + " it opens every disk of the cluster), asterism-admin.conf (the admin's kubeconfig)"
            + " and asterism-state.json (cluster id and salt, nothing secret). A master secret that"
            + " is there is used, never replaced.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the cluster is initialised",
      "1:the node is refused, failed, or does not answer",
      "2:usage, or unreadable input",
      "3:undecided: a required check could not be made",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  asterism init --node-endpoint 10.0.0.7 --config attestation.json \\",
      "    --attestation-variant qemu-vtpm --init-secret-file init-secret \\",
      "    --kubernetes-version v1.33.2 --workspace my-cluster",
    })
final class InitCommand implements Callable<Integer> {
  static final String HEADER = "Turn a first node into a cluster.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Option(
      names = "--node-endpoint",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "The control plane that waits; port 9000 unless given.")
  String endpoint = "";

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Attestation config (JSON): reference values and policy.")
  @SuppressWarnings("NullAway.Init")
  Path config;

  @Option(
      names = "--attestation-variant",
      paramLabel = "NAME",
      description = "The evidence the node gives (default: \"variant\" in the config).")
  @Nullable String variant;

  @Option(
      names = "--init-secret-file",
      required = true,
      paramLabel = "FILE",
      description =
          "The secret whose bcrypt hash is in the node's metadata (a final line break is left"
              + " out).")
  @SuppressWarnings("NullAway.Init")
  Path initSecretFile;

  @Option(
      names = "--kubernetes-version",
      required = true,
      paramLabel = "vX.Y.Z",
      description = "The Kubernetes to install.")
  String kubernetesVersion = "";

  @Option(
      names = "--components",
      paramLabel = "FILE",
      description = "JSON {\"components\": […]}: what every node installs. Default: nothing.")
  @Nullable Path components;

  @Option(
      names = "--cluster-name",
      paramLabel = "NAME",
      defaultValue = "asterism",
      description = "Default: ${DEFAULT-VALUE}.")
  String clusterName = "";

  @Option(
      names = "--apiserver-cert-san",
      paramLabel = "NAME",
      description = "A further name or address of the API server; may be repeated.")
  List<String> certSans = List.of();

  @Option(
      names = "--service-cidr",
      paramLabel = "CIDR",
      defaultValue = "",
      description = "Addresses of services. Default: the node's.")
  String serviceCidr = "";

  @Option(
      names = "--conformance",
      description = "Leave out what would fail the Kubernetes conformance suite.")
  boolean conformance;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The folder of this cluster. Default: the current one.")
  @SuppressWarnings("NullAway.Init")
  Path workspace;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "20m",
      converter = DurationConverter.class,
      description = "For everything, waiting for the node included. Default: ${DEFAULT-VALUE}.")
  Duration timeout = Duration.ofMinutes(20);

  @Mixin final VendorOptions vendors = new VendorOptions();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  InitCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new InitRun(spec.commandLine().getOut(), spec.commandLine().getErr(), output.json())
        .init(this);
  }
}
