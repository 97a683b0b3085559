package dev.asterism.cli;

import dev.asterism.audit.RecordFilter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints records. */
@Command(
    name = "show",
    header = "Print the records of an audit log.",
    description = {
      "Oldest first; those that fit all of the options. As JSON, the lines as they are in the log.",
      "Does not ask whether the log is whole: see verify.",
    },
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:done, but some lines are no records or were changed",
      "2:usage, or a file that cannot be read",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism audit show --decision refused --since 2026-01-31T12:00:00Z /var/log/asterism",
      "  asterism audit show --event ticket-issued -o json /var/log/asterism | jq .content",
    })
final class AuditShowCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|DIR",
      description = "Files of logs; of a folder, all *.jsonl with the full files beside them.")
  private List<Path> places = List.of();

  @Option(names = "--node", paramLabel = "NAME", description = "About the node of that name.")
  private @Nullable String node;

  @Option(
      names = "--decision",
      paramLabel = "WORD",
      description = "accepted, undecided, issued, given, refused, rejected or failed.")
  private @Nullable String decision;

  @Option(
      names = "--event",
      paramLabel = "WORD",
      description = "verdict, ticket-issued, ticket-refused, data-key and others: docs/audit.md.")
  private @Nullable String event;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "Not older than this (2026-01-31T12:00:00Z).")
  private @Nullable String since;

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  AuditShowCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    var filter =
        new RecordFilter(
            node, decision, event, since == null ? null : Inputs.time("--since", since));
    return new AuditRun(spec.commandLine().getOut(), output.json())
        .show(places, filter, spec.commandLine().getErr());
  }
}
