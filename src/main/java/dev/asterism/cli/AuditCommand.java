package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the services wrote down. */
@Command(
    name = "audit",
    header = AuditCommand.HEADER,
    description = {
      "join-service and key-service write down every verdict and decision, each line with the hash",
      "of the one before: see docs/audit.md.",
    },
    sortOptions = false,
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism audit verify /var/log/asterism",
      "  asterism audit show --node worker-1 --decision refused /var/log/asterism",
    },
    subcommands = {AuditVerifyCommand.class, AuditShowCommand.class})
final class AuditCommand implements Runnable {
  static final String HEADER = "Verify what the services wrote down, or look into it.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  AuditCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "verify or show is missing");
  }
}
