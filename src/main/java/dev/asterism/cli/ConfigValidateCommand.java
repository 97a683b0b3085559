package dev.asterism.cli;

import dev.asterism.attestation.Policy;
import dev.asterism.config.AdmissionPolicy;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ObjectNode;

/** Reads a config as the services do. */
@Command(
    name = "validate",
    header = "Read an attestation config as the services do.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:it can be used", "2:it cannot; the error names the member"})
final class ConfigValidateCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(paramLabel = "FILE", description = "The config, JSON.")
  private Path file = Path.of("");

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Which variant it is for (default: \"variant\" in the config).")
  private @Nullable String variant;

  @Mixin final HelpOption help = new HelpOption();

  ConfigValidateCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    ObjectNode config = Inputs.json("FILE", file);
    Policy policy =
        Inputs.policy(
            file, Platforms.of(VerifyRun.requiredVariant(variant, config), Vendors.NONE), config);
    var out = spec.commandLine().getOut();
    for (String warning : admission(config).warnings()) {
      out.println("warning: " + warning);
    }
    out.println("a good config of " + policy.variant().id());
    out.flush();
    return ExitCode.SUCCESS;
  }

  private AdmissionPolicy admission(ObjectNode config) throws MalformedException {
    try {
      return AdmissionPolicy.parse(config);
    } catch (MalformedException e) {
      throw Inputs.in(file, e);
    }
  }
}
