package dev.asterism.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Follows logs from line to line. */
@Command(
    name = "verify",
    header = "Tell whether a line of an audit log was changed, removed or cut.",
    description = {
      "Reads each log from its oldest file on and checks that every line is the one its hash is of,",
      "and follows the one before. Prints the head: sequence and hash of the last record. Nothing",
      "in a log tells that its last lines were cut, or that all of it was written anew: keep the",
      "head elsewhere, and give it with --head the next time.",
      "As JSON, one object for each log: {\"log\", \"intact\", \"files\", \"records\", \"first\",",
      "\"head\": {\"sequence\", \"hash\"}, \"findings\": [{\"finding\", \"file\", \"line\", \"text\"}], \"notes\"}.",
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every log is whole",
      "1:something is wrong with one",
      "2:usage, or a file that cannot be read",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism audit verify /var/log/asterism",
      "  asterism audit verify --head 9f3c… join-service-audit.jsonl*",
    })
final class AuditVerifyCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Files of logs; of a folder, all *.jsonl with the full files beside them.")
  private List<Path> places = List.of();

  @Option(
      names = "--head",
      paramLabel = "HASH",
      description = {
        "The hash of a record that must be there, as an earlier verify printed it; repeatable."
      })
  private List<String> heads = List.of();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  AuditVerifyCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AuditRun(spec.commandLine().getOut(), output.json()).verify(places, heads);
  }
}
