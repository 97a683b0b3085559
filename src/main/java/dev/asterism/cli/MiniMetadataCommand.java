package dev.asterism.cli;

import dev.asterism.mini.MetadataHost;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Answers the nodes of a cluster as the hosts of its cloud would. {@code mini up} starts it. */
@Command(
    name = "metadata",
    hidden = true,
    header = "Answer the nodes of a cluster as the hosts of its cloud would.",
    mixinStandardHelpOptions = true)
final class MiniMetadataCommand implements Callable<Integer> {
  @Mixin private MiniCommand.Dir dir = new MiniCommand.Dir();

  MiniMetadataCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.json(0);
    try (var hosts = new MetadataHost(dir.get())) {
      hosts.serve();
      // Until the process is ended.
      new CountDownLatch(1).await();
    }
    return ExitCode.SUCCESS;
  }
}
