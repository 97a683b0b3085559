package dev.asterism.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Unlocks control planes that nobody is left to ask. The work is done by {@link RecoverRun}. */
@Command(
    name = "recover",
    header = RecoverCommand.HEADER,
    description =
        "For a cluster of which no control plane runs any more: each that was rebooted waits on port 9999. "
            + "Makes each prove what it runs, and only then sends it the cluster's master secret; it answers "
            + "success once the secret has opened its disk. Asks each endpoint again until nobody answers, so "
            + "that a load balancer leads to all of them.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:one or more control planes are recovered, and none refused",
      "1:none waits, or one refused the secret or was refused",
      "2:usage, or unreadable input",
      "3:undecided: a required check could not be made",
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  asterism recover --workspace my-cluster --config attestation.json \\",
      "    --node-endpoint 10.0.0.7 --node-endpoint 10.0.0.8",
    })
final class RecoverCommand implements Callable<Integer> {
  static final String HEADER = "Unlock control planes that wait for their disks' keys.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Option(
      names = "--node-endpoint",
      paramLabel = "HOST[:PORT]",
      description =
          "A control plane, or a load balancer over them; may be repeated; port 9999 unless given. "
              + "Default: the host that was initialised, as the workspace remembers it.")
  List<String> endpoints = List.of();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Attestation config (JSON): reference values and policy.")
  @SuppressWarnings("NullAway.Init")
  Path config;

  @Option(
      names = "--attestation-variant",
      paramLabel = "NAME",
      description = "The evidence the nodes give (default: \"variant\" in the config).")
  @Nullable String variant;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The folder of this cluster, with its master secret. Default: the current one.")
  @SuppressWarnings("NullAway.Init")
  Path workspace;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description =
          "Give an endpoint up after nobody answered for so long. Default: ${DEFAULT-VALUE}.")
  Duration wait = Duration.ofSeconds(30);

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "2m",
      converter = DurationConverter.class,
      description = "For one call. Default: ${DEFAULT-VALUE}.")
  Duration timeout = Duration.ofMinutes(2);

  @Mixin final VendorOptions vendors = new VendorOptions();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  RecoverCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new RecoverRun(spec.commandLine().getOut(), spec.commandLine().getErr(), output.json())
        .recover(this);
  }
}
