package dev.asterism.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints the records. */
@Command(
    name = "list",
    header = "List the machines on record, and what they are.",
    description = {
      "States: pending (waits for approve), admitted, revoked; released with --all.",
      "As JSON: {\"admissions\": [{\"identity\", \"node\", \"role\", \"state\", \"disk\", ...}]}.",
    },
    sortOptions = false)
final class AdmissionListCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private AdmissionCommand.Place place = new AdmissionCommand.Place();

  @Option(
      names = "--all",
      description = "Released machines too, and those that stopped waiting and keep their disks.")
  private boolean all;

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  AdmissionListCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AdmissionRun(spec.commandLine().getOut(), place).list(all, output.json());
  }
}
