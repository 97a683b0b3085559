package dev.asterism.cli;

import dev.asterism.admin.AlignedText;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.snp.Kds;
import dev.asterism.attestation.tdx.CollateralFolder;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.mini.MiniAdd;
import dev.asterism.mini.MiniContext;
import dev.asterism.mini.MiniDir;
import dev.asterism.mini.MiniDown;
import dev.asterism.mini.MiniNodes;
import dev.asterism.mini.MiniPlan;
import dev.asterism.mini.MiniPlan.MiniPlatform;
import dev.asterism.mini.MiniRemove;
import dev.asterism.mini.MiniReset;
import dev.asterism.mini.MiniStatus;
import dev.asterism.mini.MiniUp;
import dev.asterism.mini.NodeStatus;
import dev.asterism.mini.Progress;
import dev.asterism.mini.RoleCommand;
import dev.asterism.node.Role;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;

/** The mini verbs at work, and what they print. */
final class MiniRun {
  private static final String MAIN = "dev.asterism.Main";

  private final PrintWriter out;
  private final MiniCommand.Dir named;
  private final MiniDir dir;

  MiniRun(PrintWriter out, MiniCommand.Dir named) {
    this.out = out;
    this.named = named;
    this.dir = named.get();
  }

  int up(MiniUp.Options options) throws IOException, MalformedException {
    say(
        "A cluster of "
            + count(options.controlPlanes(), "control plane")
            + " and "
            + count(options.workers(), "worker")
            + " in "
            + dir.root());
    MiniUp.Result result = new MiniUp(dir, context()).run(options);
    if (result.wasRunning()) {
      say("It is already running; 'mini down' ends it.");
    }
    say("");
    table(result.status());
    next(result);
    return result.complete() ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  int add(MiniAdd.Order order, Duration timeout) throws IOException, MalformedException {
    return changed(order.name(), new MiniAdd(dir, context()).run(order, timeout));
  }

  int reset(String node, Duration timeout) throws IOException, MalformedException {
    return changed(node, new MiniReset(dir, context()).run(node, timeout));
  }

  int remove(String node) throws IOException, MalformedException {
    new MiniRemove(dir, context()).run(node);
    say(node + " is off and gone; what the cluster holds of it stays: 'asterism admission list'");
    return ExitCode.SUCCESS;
  }

  /** That a node was refused is an answer. */
  private int changed(String node, MiniStatus status) {
    say("");
    table(status);
    return status.nodes().stream()
            .anyMatch(n -> n.name().equals(node) && n.state() == NodeStatus.State.FAILED)
        ? ExitCode.FAILURE
        : ExitCode.SUCCESS;
  }

  int status(boolean json) throws IOException {
    Optional<MiniStatus> status = MiniStatus.read(dir, command());
    if (status.isEmpty()) {
      throw new IOException(
          "there is no mini cluster in " + dir.root() + "; 'asterism mini up' makes one");
    }
    if (json) {
      say(
          Json.line(
              status
                  .get()
                  .toJson()
                  .put("joinConfig", dir.joinConfig().toString())
                  .put("objects", dir.objects().toString())));
    } else {
      table(status.get());
    }
    return ExitCode.SUCCESS;
  }

  int down() throws IOException {
    int ended = new MiniDown(dir, command()).run();
    say(ended == 0 ? "Nothing was running in " + dir.root() : "Ended " + count(ended, "process"));
    return ExitCode.SUCCESS;
  }

  int stop(String node) throws IOException, MalformedException {
    say("Switched " + node + " off: ended " + count(nodes().stop(node), "process"));
    return ExitCode.SUCCESS;
  }

  int start(String node, Duration timeout) throws IOException, MalformedException {
    say("Switching " + node + " on");
    NodeStatus status = nodes().start(node, timeout);
    say(
        node
            + " is "
            + status.state().id()
            + (status.reason().isEmpty() ? "" : ": " + AlignedText.plain(status.reason())));
    return switch (status.state()) {
      case JOINED -> ExitCode.SUCCESS;
      case STARTING -> {
        boolean waits = status.role() == Role.CONTROL_PLANE;
        if (waits) {
          say("It waits for an admin: ./asterism mini recover" + named.argument());
        }
        yield waits ? ExitCode.SUCCESS : ExitCode.FAILURE;
      }
      case REFUSED, FAILED, STOPPED -> ExitCode.FAILURE;
    };
  }

  int recover(Duration timeout) throws IOException, MalformedException {
    int recovered = nodes().recover(timeout);
    say("Recovered " + count(recovered, "control plane"));
    return recovered > 0 ? ExitCode.SUCCESS : ExitCode.FAILURE;
  }

  private MiniNodes nodes() throws IOException {
    return new MiniNodes(dir, context());
  }

  private Platform platform(MiniPlan plan) {
    return Platforms.of(
        plan.platform().variant(),
        new Vendors(endorsements(plan), new TdxTrust(new CollateralFolder(dir.collateral()))));
  }

  /** What this cluster's maker of processors publishes, where its evidence does not bring all. */
  private EndorsementSource endorsements(MiniPlan plan) {
    return plan.platform().asksAmd()
        ? CollateralOptions.source(
            Map.of(Kds.SERVICE, URI.create(plan.vendors())), dir.endorsements())
        : EndorsementSource.NONE;
  }

  private MiniContext context() {
    return new MiniContext(
        command(),
        this::platform,
        StandaloneCluster::gone,
        new Lines(),
        new SecureRandom(),
        InstantSource.system());
  }

  private static RoleCommand command() {
    return RoleCommand.ofThisProcess(MAIN);
  }

  private void table(MiniStatus status) {
    say("  %-18s %-15s %-9s %s".formatted("NODE", "ROLE", "STATE", "REASON").stripTrailing());
    for (NodeStatus node : status.nodes()) {
      say(
          "  %-18s %-15s %-9s %s"
              .formatted(
                  node.name(),
                  node.role().id(),
                  node.state().id(),
                  AlignedText.plain(node.reason()))
              .stripTrailing());
    }
    say("");
    say("  cluster id   " + status.clusterId().map(Bytes::hex).orElse("none yet"));
    say("  join config  " + dir.joinConfig() + " (a change counts for the next connection)");
    say("  admission    ./asterism admission list " + dir.admissionArgument());
  }

  private void next(MiniUp.Result result) {
    say("");
    say("Try next:");
    result.status().clusterId().ifPresent(id -> say(result.verifyCommand(dir, id)));
    say("./asterism mini status" + named.argument());
    say("./asterism mini down" + named.argument());
    if (result.plan().platform() == MiniPlatform.QEMU_VTPM
        && result.status().nodes().stream().anyMatch(n -> n.name().equals("worker-1"))) {
      say("./asterism mini add thief --disk-of worker-1" + named.argument() + "   # a rogue node");
      say("./asterism mini up --tamper worker-1" + named.argument() + "   # after 'mini down'");
    }
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }

  private static String count(int number, String what) {
    return number + " " + what + (number == 1 ? "" : what.endsWith("s") ? "es" : "s");
  }

  private final class Lines implements Progress {
    @Override
    public void step(int number, int of, String what) {
      say("[" + number + "/" + of + "] " + what);
    }

    @Override
    public void node(String name, String what) {
      say("      %-16s %s".formatted(name, what));
    }

    @Override
    public void note(String what) {
      say("note: " + what);
    }
  }
}
