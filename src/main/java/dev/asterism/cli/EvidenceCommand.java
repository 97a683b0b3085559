package dev.asterism.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Saved evidence: judge it again, look inside. */
@Command(
    name = "evidence",
    header = EvidenceCommand.HEADER,
    description =
        "Evidence bundles are folders with a manifest (evidence.json) and the files it names, "
            + "as 'asterism verify --save' writes them. See docs/evidence-bundles.md.",
    sortOptions = false,
    subcommands = {EvidenceVerifyCommand.class, EvidenceShowCommand.class})
final class EvidenceCommand implements Runnable {
  static final String HEADER = "Judge saved evidence, or look inside it.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin final HelpOption help = new HelpOption();

  EvidenceCommand() {}

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "verify or show is missing");
  }
}
