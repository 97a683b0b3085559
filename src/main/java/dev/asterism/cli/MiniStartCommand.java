package dev.asterism.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Switches one node on. */
@Command(
    name = "start",
    header = "Switch a node on: its disk is locked until a control plane gives it the key.",
    description = {
      "A control plane that finds no other one to ask waits for 'mini recover'.",
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:the node is a member again, or a control plane that waits for 'mini recover'",
      "1:it failed, or did not come back in time",
    })
final class MiniStartCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  @Parameters(paramLabel = "NODE", description = "For example worker-1.")
  private String node = "";

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description = "Wait this long (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ZERO;

  MiniStartCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(1);
    return new MiniRun(spec.commandLine().getOut(), dir).start(node, timeout);
  }
}
