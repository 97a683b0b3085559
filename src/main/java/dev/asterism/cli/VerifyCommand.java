package dev.asterism.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running node to prove what it is. The work is done by {@link VerifyRun}. */
@Command(
    name = "verify",
    header = VerifyCommand.HEADER,
    description =
        "Sends a random nonce to the node's verify-service, and judges the evidence that comes back"
            + " by the attestation config: is it genuine, fresh, and of a machine that runs what it"
            + " should?",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:accepted",
      "1:refused, or the node does not answer",
      "2:usage, or unreadable input",
      "3:undecided: a required check could not be made",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism verify --node-endpoint 10.0.0.7 --config attestation.json \\",
      "    --attestation-variant qemu-vtpm --cluster-id \"$(jq -r .clusterId"
          + " asterism-state.json)\"",
      "  asterism verify --node-endpoint 10.0.0.7:30081 --config attestation.json -o json \\",
      "    --save evidence/node-1",
    })
final class VerifyCommand implements Callable<Integer> {
  static final String HEADER = "Ask a running node for fresh evidence and judge it.";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Option(
      names = "--node-endpoint",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "The node's verify-service; port 30081 unless given.")
  private String endpoint = "";

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "Attestation config (JSON): reference values and policy.")
  private @SuppressWarnings("NullAway.Init") Path config;

  @Option(
      names = "--attestation-variant",
      paramLabel = "NAME",
      description = "The evidence to ask for (default: \"variant\" in the config).")
  private @Nullable String variant;

  @Option(
      names = "--cluster-id",
      paramLabel = "HEX64",
      description = "The node must be a member of this cluster. Without it, any cluster will do.")
  private @Nullable String clusterId;

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      description = "16 to 64 bytes to send instead of 32 random ones.")
  private @Nullable String nonce;

  @Option(
      names = "--save",
      paramLabel = "DIR",
      description = "Keep the evidence as a bundle in this new folder, whatever the verdict.")
  private @Nullable Path save;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "For the node's answer: 500ms, 30s, 2m. Default: ${DEFAULT-VALUE}.")
  private Duration timeout = Duration.ofSeconds(30);

  @Mixin private VendorOptions vendors = new VendorOptions();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  VerifyCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new VerifyRun(spec.commandLine().getOut(), output.json(), vendors.get())
        .verify(endpoint, config, variant, clusterId, nonce, save, timeout);
  }
}
