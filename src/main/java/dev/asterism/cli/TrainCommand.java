package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Loads the classes that verbs need, while the JVM writes down which: the AOT cache. Not for
 * people.
 */
@Command(
    name = TrainCommand.NAME,
    hidden = true,
    header = "Load what verbs load, for the AOT cache.")
final class TrainCommand implements Callable<Integer> {
  static final String NAME = "train";

  @Mixin final HelpOption help = new HelpOption();

  TrainCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(2);
    new Training().run();
    return ExitCode.SUCCESS;
  }
}
