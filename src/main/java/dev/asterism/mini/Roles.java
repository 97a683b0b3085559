package dev.asterism.mini;

import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Origin;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.node.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Starts the roles of a node with the arguments that a unit or a DaemonSet would give them. */
final class Roles {
  private static final Duration START_DEADLINE = Duration.ofMinutes(2);

  private final MiniDir dir;
  private final MiniPlan plan;
  private final Processes processes;

  Roles(MiniDir dir, MiniPlan plan, Processes processes) {
    this.dir = dir;
    this.plan = plan;
    this.processes = processes;
  }

  void bootstrap(NodePlan node) throws IOException {
    NodeDir place = dir.node(node.name());
    Files.createDirectories(place.fileSystem());
    var arguments = new ArrayList<>(evidence(node));
    arguments.addAll(
        List.of(
            "--listen",
            node.address(Ports.BOOTSTRAP),
            "--monitoring",
            node.address(Ports.BOOTSTRAP_MONITORING),
            "--recovery-listen",
            node.address(Ports.RECOVERY),
            "--metadata",
            "static:" + place.metadata(),
            "--root",
            place.fileSystem().toString(),
            "--join-interval",
            "1s",
            "--standalone"));
    arguments.addAll(
        node.origin() == Origin.ADDED_TRUSTING
            // It ends up there.
            ? List.of(
                "--join-old-cluster", "--standalone-objects", dir.rogue().objects().toString())
            : List.of(
                "--join-services",
                place.joinServices().toString(),
                "--standalone-objects",
                dir.objects().toString()));
    // The rogue cluster has stand-ins only.
    if (node.origin() != Origin.ADDED_TRUSTING && Files.exists(dir.kubeconfig())) {
      arguments.add("--standalone-kubelet");
    }
    processes.start(node.name(), "bootstrap", arguments);
  }

  /** Starts what runs on a joined node, and waits until it answers. */
  void services(NodePlan node) throws IOException {
    if (node.role() == Role.CONTROL_PLANE) {
      keyService(node);
      joinService(node);
    }
    verifyService(node);
    try {
      if (node.role() == Role.CONTROL_PLANE) {
        await(node, "key-service", Ports.KEY);
        await(node, "join-service", Ports.JOIN);
      }
      await(node, "verify-service", Ports.VERIFY);
    } finally {
      // From now on, what does not run has died.
      Files.writeString(dir.node(node.name()).servicesStarted(), "");
    }
  }

  private void keyService(NodePlan node) throws IOException {
    NodeDir place = dir.node(node.name());
    processes.start(
        node.name(),
        "key-service",
        List.of(
            "--listen", node.address(Ports.KEY),
            "--monitoring", node.address(Ports.KEY_MONITORING),
            "--master-secret", dir.config().resolve("mastersecret").toString(),
            "--salt", dir.config().resolve("salt").toString(),
            "--tls-cert", dir.certificates().resolve("key-service.crt").toString(),
            "--tls-key", dir.certificates().resolve("key-service.key").toString(),
            "--tls-client-ca", dir.certificates().resolve("ca.crt").toString(),
            "--audit", place.root().resolve("audit-keys.jsonl").toString()));
  }

  private void joinService(NodePlan node) throws IOException {
    NodeDir place = dir.node(node.name());
    var arguments = new ArrayList<>(evidence(node));
    arguments.addAll(
        List.of(
            "--listen",
            node.address(Ports.JOIN),
            "--monitoring",
            node.address(Ports.JOIN_MONITORING),
            "--key-service-endpoint",
            node.address(Ports.KEY),
            "--key-service-ca",
            dir.certificates().resolve("ca.crt").toString(),
            "--key-service-cert",
            dir.certificates().resolve("join-service.crt").toString(),
            "--key-service-key",
            dir.certificates().resolve("join-service.key").toString(),
            "--config",
            dir.config().toString(),
            "--audit",
            place.audit().toString(),
            "--root",
            place.fileSystem().toString()));
    arguments.addAll(
        Files.exists(dir.kubeconfig())
            ? List.of(
                "--kubeconfig",
                dir.kubeconfig().toString(),
                "--kubeadm-config",
                dir.kubeadmConfig().toString())
            : List.of("--standalone", "--standalone-objects", dir.objects().toString()));
    processes.start(node.name(), "join-service", arguments);
  }

  private void verifyService(NodePlan node) throws IOException {
    var arguments = new ArrayList<>(evidence(node));
    arguments.addAll(
        List.of(
            "--listen", node.address(Ports.VERIFY),
            "--http", node.address(Ports.VERIFY_HTTP),
            "--monitoring", node.address(Ports.VERIFY_MONITORING)));
    processes.start(node.name(), "verify-service", arguments);
  }

  private List<String> evidence(NodePlan node) {
    return EvidenceArguments.of(dir, plan, node);
  }

  /** Starts what answers the nodes in the hosts' place, where they are in a cloud. */
  void hosts() throws IOException {
    if (!plan.platform().isCloud()) {
      return;
    }
    processes.start(
        MetadataHost.OWNER,
        MetadataHost.ROLE,
        List.of("mini", "metadata"),
        List.of("--dir", dir.root().toString()));
    await(plan.first(), MetadataHost.OWNER, MetadataHost.ROLE, Ports.VENDORS);
  }

  private void await(NodePlan node, String role, Ports port) throws IOException {
    await(node, node.name(), role, port);
  }

  private void await(NodePlan node, String owner, String role, Ports port) throws IOException {
    long end = System.nanoTime() + START_DEADLINE.toNanos();
    while (!listens(node.port(port))) {
      if (processes.running(owner, role).isEmpty()) {
        throw new IOException(role + " of " + owner + " ended; see " + dir.node(owner).logs());
      }
      if (System.nanoTime() > end) {
        throw new IOException(
            role
                + " of "
                + owner
                + " does not answer within "
                + START_DEADLINE.toSeconds()
                + " s; see "
                + dir.node(owner).logs());
      }
      Pause.millis(100);
    }
  }

  private static boolean listens(int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
