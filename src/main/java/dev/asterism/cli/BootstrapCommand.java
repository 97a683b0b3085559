package dev.asterism.cli;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The role between boot and kubelet. */
@Command(
    name = "bootstrap",
    header = BootstrapCommand.HEADER,
    description = {
      "Runs between boot and kubelet. A control plane waits for an admin's init while it looks for",
      "a join-service; a worker joins. Whichever comes first takes the node lock, once. Ends when",
      "the kubelet is started.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the node is a member, its kubelet is started",
      "1:failed; run it again",
      "2:usage, or a file that cannot be read",
      "10:a reboot was asked for: the disk is reset by the next start",
    })
final class BootstrapCommand implements Callable<Integer> {
  static final String HEADER = "Make this node a member of a cluster: wait for init, or join.";

  @Mixin EvidenceOptions evidence = new EvidenceOptions();
  @Mixin RoleOptions role = new RoleOptions();

  @Option(
      names = {"--csp", "--cloud-provider"},
      paramLabel = "NAME",
      defaultValue = "${env:CONSTEL_CSP:-qemu}",
      description = "aws, azure, gcp, openstack, stackit or qemu (default: ${DEFAULT-VALUE}).")
  String provider = "";

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = ":9000",
      converter = Address.class,
      description = "Where a control plane waits for init (default: ${DEFAULT-VALUE}).")
  InetSocketAddress listen = new InetSocketAddress(0);

  @Option(
      names = "--metadata",
      paramLabel = "SOURCE",
      description = {
        "What the host says of this instance: static:FILE (JSON), or qemu:URL",
        "(default: the provider's, for qemu http://10.42.0.1:8080)."
      })
  @Nullable String metadata;

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "The node's file system (default: ${DEFAULT-VALUE}).")
  Path root = Path.of("/");

  @Option(
      names = "--join-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Between two rounds over the join endpoints, for example 30s (the default).")
  @Nullable Duration joinInterval;

  @Option(
      names = "--join-services",
      paramLabel = "FILE",
      description = {
        "How join-services must prove themselves: an attestation config that the image carries, or",
        "a list of them of which one must accept (default: they run what this node runs)."
      })
  @Nullable Path joinServices;

  @Option(
      names = "--join-old-cluster",
      description = {
        "Take a ticket from whoever answers, as nodes of the old system do: for clusters whose",
        "join-services give no evidence. Whoever controls the network can then take the node."
      })
  boolean joinOldCluster;

  @Option(
      names = "--standalone",
      description = {
        "Stand-ins for Kubernetes, state disk and init system, which keep their state in files",
        "below --root: for machines without the real ones, as in mini. Says so in every log line."
      })
  boolean standalone;

  @Option(
      names = "--standalone-kubelet",
      description = {
        "With --standalone in a cluster with a real API server: this node, which runs no kubelet,",
        "asks it for a certificate and makes its Node object."
      })
  boolean standaloneKubelet;

  @Option(
      names = "--standalone-objects",
      paramLabel = "DIR",
      description = "Where stand-ins of one cluster share its Kubernetes objects.")
  @Nullable Path objects;

  BootstrapCommand() {}

  @Override
  public Integer call() throws Exception {
    role.startLogging();
    return new BootstrapRun(this).run();
  }
}
