package dev.asterism.cli;

import dev.asterism.disk.luks.IntegrityRule;
import java.net.InetSocketAddress;
import java.nio.file.Path;
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

  @Mixin JoinOptions join = new JoinOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = ":9000",
      converter = Address.class,
      description = "Where a control plane waits for init (default: ${DEFAULT-VALUE}).")
  InetSocketAddress listen = new InetSocketAddress(0);

  @Option(
      names = "--root",
      paramLabel = "DIR",
      defaultValue = "/",
      description = "The node's file system (default: ${DEFAULT-VALUE}).")
  Path root = Path.of("/");

  @Option(
      names = "--state-disk",
      paramLabel = "DEV",
      description = {
        "The state disk's block device, which 'disk prepare' has opened; needed without",
        "--standalone."
      })
  @Nullable Path stateDisk;

  @Option(
      names = "--integrity",
      paramLabel = "WHEN",
      defaultValue = "required",
      description = "Of the state disk, as 'disk prepare' has it (default: ${DEFAULT-VALUE}).")
  IntegrityRule integrity = IntegrityRule.REQUIRED;

  @Option(
      names = "--components-ca",
      paramLabel = "FILE",
      description = {
        "Who vouches for the servers that components are downloaded from, PEM (default: Java's",
        "authorities). What comes is judged by its hash."
      })
  @Nullable Path componentsCa;

  @Option(
      names = "--components-policy",
      paramLabel = "FILE",
      description = {
        "What a ticket may have this node install: a policy that the image carries, with paths,",
        "hashes and signing keys (default: the places that kubeadm nodes need). See docs/join.md."
      })
  @Nullable Path componentsPolicy;

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
