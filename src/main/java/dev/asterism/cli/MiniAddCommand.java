package dev.asterism.cli;

import dev.asterism.mini.MiniAdd;
import dev.asterism.mini.RogueCall;
import dev.asterism.node.Role;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Adds a node to the cluster that runs. */
@Command(
    name = "add",
    header = "Add a node to the running cluster: an honest one, or a rogue.",
    description = {
      "A rogue runs the same program as every other node; its host, its image or its network gives",
      "it something else. Returns when the node has joined, or was refused and why. A node that",
      "waits for an admin's approval is waited for; 'add' again waits again.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the node has joined, or was refused: the table says which",
      "1:it failed, or did neither in time",
    })
final class MiniAddCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NAME", description = "The machine's name, for example worker-9.")
  private String name = "";

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Option(names = "--control-plane", description = "It asks to be a control plane.")
  private boolean controlPlane;

  @Option(names = "--tamper", description = "It boots a changed image.")
  private boolean tamper;

  @Option(
      names = "--claim-name",
      paramLabel = "NODE",
      description = "It asks to be this node, for example worker-1.")
  private @Nullable String claimName;

  @Option(
      names = "--disk-of",
      paramLabel = "NODE",
      description = "Its disk is a copy of this node's.")
  private @Nullable String diskOf;

  @Option(names = "--replay", description = "First, it asks for a ticket twice on one connection.")
  private boolean replay;

  @Option(
      names = "--ask-when",
      paramLabel = "FILE",
      description = {
        "First, it proves itself and asks for a ticket only when FILE is there: time to change the",
        "join config."
      })
  private @Nullable Path askWhen;

  @Option(
      names = "--fake-join-service",
      description = {
        "Its network leads to a rogue cluster, which is brought up for this: a real one, with a",
        "vTPM of the same maker, but of another image."
      })
  private boolean fakeJoinService;

  @Option(
      names = "--join-old-cluster",
      description = "With --fake-join-service: its image takes a ticket from whoever answers.")
  private boolean joinOldCluster;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = DurationConverter.class,
      description = "Give up after this long, for example 90s (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  MiniAddCommand() {}

  @Override
  public Integer call() throws Exception {
    if (!name.matches("[a-z0-9]([-a-z0-9]{0,30}[a-z0-9])?")) {
      throw misuse("NAME: must be 1 to 32 lower-case letters, digits and dashes");
    }
    if (joinOldCluster && !fakeJoinService) {
      throw misuse("--join-old-cluster: is for a node with --fake-join-service");
    }
    if (fakeJoinService && (replay || askWhen != null)) {
      throw misuse("--fake-join-service: its node asks as nodes do, without --replay, --ask-when");
    }
    Logs.plain(1);
    var order =
        new MiniAdd.Order(
            name,
            controlPlane ? Role.CONTROL_PLANE : Role.WORKER,
            tamper,
            Optional.ofNullable(claimName),
            Optional.ofNullable(diskOf),
            fakeJoinService,
            joinOldCluster,
            replay || askWhen != null
                ? Optional.of(new RogueCall(askWhen, replay ? 2 : 1))
                : Optional.empty());
    return new MiniRun(spec.commandLine().getOut(), dir).add(order, timeout);
  }

  private ParameterException misuse(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
