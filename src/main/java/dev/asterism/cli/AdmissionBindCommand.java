package dev.asterism.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a machine on record on an admin's word. */
@Command(
    name = "bind",
    header = "Put a machine on record as this node, as if it had joined.",
    description = {
      "For a node that was there before the records were, and for one whose TPM was replaced.",
      "The join-service's audit records have identity and disk of a machine that was refused.",
    },
    sortOptions = false)
final class AdmissionBindCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "NODE", description = "The node's name.")
  String node = "";

  @Option(
      names = "--identity",
      required = true,
      paramLabel = "IDENTITY",
      description = {
        "The machine's whole identity: ak- and the SHA-256 of its attestation key, or report- and",
        "its REPORT_ID."
      })
  String identity = "";

  @Option(names = "--disk", required = true, paramLabel = "UUID", description = "Its state disk.")
  String disk = "";

  @Option(names = "--control-plane", description = "It is a control plane, not a worker.")
  boolean controlPlane;

  @Option(
      names = "--address",
      paramLabel = "IP",
      description = {
        "An address that no other node may have certified; may be repeated. Without any, an admitted",
        "machine keeps those on record."
      })
  List<String> addresses = List.of();

  @Mixin private AdmissionCommand.Place place = new AdmissionCommand.Place();

  @Mixin final HelpOption help = new HelpOption();

  AdmissionBindCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new AdmissionRun(spec.commandLine().getOut(), place).bind(this);
  }
}
