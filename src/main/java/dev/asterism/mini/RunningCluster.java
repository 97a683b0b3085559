package dev.asterism.mini;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniPlan.NodePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;

/** The cluster in a directory, for those who change it while it runs. */
final class RunningCluster {
  private final MiniDir dir;
  private final MiniContext context;
  private final Processes processes;

  RunningCluster(MiniDir dir, MiniContext context) {
    this.dir = dir;
    this.context = context;
    this.processes = new Processes(dir, context.command());
  }

  Processes processes() {
    return processes;
  }

  /**
   * @throws IOException if there is none, or it is down
   */
  MiniPlan plan() throws IOException {
    Optional<MiniPlan> plan = MiniPlan.read(dir);
    if (plan.isEmpty() || Files.exists(dir.stopped()) || processes.running().isEmpty()) {
      throw new IOException("no cluster is running in " + dir.root() + ": 'mini up' starts one");
    }
    return plan.get();
  }

  NodePlan node(MiniPlan plan, String name) throws IOException {
    return plan.find(name)
        .orElseThrow(
            () -> new IOException("the cluster has no node " + name + ": see 'mini status'"));
  }

  /**
   * Where join-services answer now.
   *
   * @throws IOException if none does
   */
  List<String> joinEndpoints(MiniPlan plan) throws IOException {
    List<String> endpoints = MiniStatus.of(dir, plan, processes).joinEndpoints(plan);
    if (endpoints.isEmpty()) {
      throw new IOException("no control plane is alive: 'mini up' starts the cluster anew");
    }
    return endpoints;
  }

  /** For machines that are there already; with vTPMs, also for more of the same maker. */
  Provisioning provisioning(MiniPlan plan) throws IOException {
    CertificateAuthority akAuthority =
        plan.platform() == MiniPlatform.QEMU_VTPM ? TpmMachines.akAuthority(dir) : null;
    Machines machines =
        MachineRoom.of(dir, plan, processes, context, MeasuredBoot.reference(), akAuthority);
    return new Provisioning(dir, context.random(), machines);
  }

  boolean failed(MiniPlan plan, NodePlan node) throws IOException {
    return MiniStatus.of(dir, plan, processes).node(node.name()).orElseThrow().state()
        == NodeStatus.State.FAILED;
  }

  /** Waits until the node has come to rest; returns how the cluster is then. */
  MiniStatus await(MiniPlan plan, NodePlan node, Deadline deadline) throws IOException {
    new Joining(dir, plan, processes, context).await(List.of(node), Joining.Hosts.SILENT, deadline);
    return MiniStatus.of(dir, plan, processes);
  }

  /** Ends what runs on the node, its vTPM included. */
  void switchOff(NodePlan node) {
    processes.stop(processes.running().stream().filter(r -> r.node().equals(node.name())).toList());
  }
}
