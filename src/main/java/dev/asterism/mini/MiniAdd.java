package dev.asterism.mini;

import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Origin;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.node.NodePaths;
import dev.asterism.node.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * Adds one node to a running cluster. A rogue one runs the same code as every other; only what its
 * host, its admin or its network gives it differs.
 */
public final class MiniAdd {
  /** A node has the one or the other. */
  private static final List<Function<NodePaths, Path>> DISKS =
      List.of(NodePaths::standaloneDevice, NodePaths::standaloneDisk);

  private final MiniDir dir;
  private final MiniContext context;
  private final RunningCluster cluster;

  public MiniAdd(MiniDir dir, MiniContext context) {
    this.dir = dir;
    this.context = context;
    this.cluster = new RunningCluster(dir, context);
  }

  /**
   * Which node.
   *
   * @param name of the machine here
   * @param tampered its boot chain differs from the reference
   * @param claimedName what its host calls it; empty: its name
   * @param diskOf its disk is a copy of that node's
   * @param rogueCluster its network leads to another cluster's join-service, whose image is
   *     tampered with
   * @param trusting its image has it take a ticket from whoever answers
   * @param call what it does before it joins as others do
   */
  public record Order(
      String name,
      Role role,
      boolean tampered,
      Optional<String> claimedName,
      Optional<String> diskOf,
      boolean rogueCluster,
      boolean trusting,
      Optional<RogueCall> call) {
    boolean plain() {
      return !tampered
          && claimedName.isEmpty()
          && diskOf.isEmpty()
          && !rogueCluster
          && !trusting
          && call.isEmpty();
    }
  }

  /**
   * @return how the cluster is when the node has joined, or was refused
   * @throws IOException if it cannot be added, or waits for longer than {@code timeout}; then it
   *     goes on waiting, and adding it again waits with it
   */
  public MiniStatus run(Order order, Duration timeout) throws IOException {
    var deadline = new Deadline(timeout);
    MiniPlan plan;
    NodePlan node;
    List<String> endpoints;
    boolean on;
    try (var _ = DirLock.take(dir)) {
      plan = cluster.plan();
      if (plan.platform() != MiniPlan.MiniPlatform.QEMU_VTPM) {
        throw new IOException(
            "nodes can be added to clusters of vTPMs only; this one is of "
                + plan.platform().variant().id()
                + ", whose maker's keys were not kept: 'mini up --workers N' makes a larger one");
      }
      endpoints = order.rogueCluster() ? rogueCluster(deadline) : cluster.joinEndpoints(plan);
      Optional<NodePlan> there = plan.find(order.name());
      if (there.isPresent()) {
        node = again(order, there.get());
        on = !cluster.failed(plan, node);
      } else {
        node = machine(plan, order, endpoints);
        plan = plan.with(node);
        plan.write(dir);
        on = false;
      }
    }
    if (order.call().isPresent()) {
      new RogueCaller(dir, plan, node, context)
          .call(order.call().get(), order.claimedName().orElse(order.name()), endpoints.getFirst());
    }
    if (!on) {
      new Roles(dir, plan, cluster.processes()).bootstrap(node);
    }
    return cluster.await(plan, node, deadline);
  }

  /** One that is there already and still on its way. */
  private static NodePlan again(Order order, NodePlan there) throws IOException {
    if (!there.added() || !order.plain() || there.role() != order.role()) {
      throw new IOException(
          "the cluster has a node "
              + order.name()
              + (there.added() ? ": 'mini remove' it first, or name another" : ": name another"));
    }
    return there;
  }

  private NodePlan machine(MiniPlan plan, Order order, List<String> endpoints) throws IOException {
    NodePlan victim = order.diskOf().isPresent() ? cluster.node(plan, order.diskOf().get()) : null;
    CleanUp.delete(dir.node(order.name()).root());
    Provisioning provisioning = cluster.provisioning(plan);
    NodePlan made =
        provisioning.machine(
            new NodePlan(
                order.name(),
                order.role(),
                order.tampered(),
                PortRange.find(Ports.COUNT, context.random()),
                "",
                order.trusting() ? Origin.ADDED_TRUSTING : Origin.ADDED));
    String name = order.claimedName().orElse(order.name());
    provisioning.metadata(made, name, Provisioning.apiServer(plan), endpoints);
    if (victim != null) {
      for (Function<NodePaths, Path> disk : DISKS) {
        Path original = disk.apply(paths(victim));
        if (Files.exists(original)) {
          Path copy = disk.apply(paths(made));
          Files.createDirectories(Objects.requireNonNull(copy.getParent()));
          Files.copy(original, copy);
        }
      }
    }
    context
        .progress()
        .node(
            made.name(),
            provisioning.describe(made)
                + (order.claimedName().isPresent() ? ", called " + name : "")
                + (victim == null ? "" : ", with a copy of " + victim.name() + "'s disk"));
    return made;
  }

  private NodePaths paths(NodePlan node) {
    return new NodePaths(dir.node(node.name()).fileSystem());
  }

  /**
   * A whole cluster of somebody who has a vTPM of the same maker, and boots another image: all its
   * admin knows is right, to him.
   */
  private List<String> rogueCluster(Deadline deadline) throws IOException {
    var up =
        new MiniUp(
            dir.rogue(),
            context.with(new RogueProgress(context.progress())),
            MeasuredBoot.tampered(),
            TpmMachines.akAuthority(dir));
    MiniUp.Result result =
        up.run(
            new MiniUp.Options(
                1,
                0,
                MiniPlan.MiniPlatform.QEMU_VTPM,
                MiniPlan.TpmKind.SOFTWARE,
                Optional.empty(),
                Optional.empty(),
                false,
                Optional.empty(),
                deadline.left()));
    return List.of(result.plan().first().address(Ports.JOIN));
  }

  /** So that nobody takes its steps for this cluster's. */
  private record RogueProgress(Progress progress) implements Progress {
    @Override
    public void step(int number, int of, String what) {
      if (number == 1) {
        progress.note("bringing up a rogue cluster, whose image is tampered with");
      }
    }

    @Override
    public void node(String name, String what) {}

    @Override
    public void note(String what) {}
  }
}
