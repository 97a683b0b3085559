package dev.asterism.cli;

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

/** Judges bundles. What does the work is loaded only when it runs: {@link EvidenceRun}. */
@Command(
    name = "verify",
    header = "Judge evidence bundles.",
    description =
        "Judges each bundle at the time and against the inputs that its manifest states. That"
            + " proves only what the bundle's maker asked: to judge it by your own rules, give"
            + " --config, --nonce and --at. One bad bundle never stops the rest.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes (of several bundles the worst: 2, then 1, 3, 0):%n",
    exitCodeList = {
      "0:accepted",
      "1:refused",
      "2:usage, or a bundle that cannot be read",
      "3:undecided: a required check could not be made",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  asterism evidence verify saved/node-1",
      "  asterism evidence verify --config attestation.json --nonce 9f3c… \\",
      "    --at 2026-01-31T12:00:00Z saved/node-1",
      "  asterism evidence verify -o json vectors/tpm/* | jq 'select(.accepted | not)'",
    })
final class EvidenceVerifyCommand implements Callable<Integer> {
  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders, each one bundle.")
  private List<String> bundles = List.of();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Attestation config (JSON) to judge by, instead of the manifest's.")
  private @Nullable Path config;

  @Option(
      names = "--attestation-variant",
      paramLabel = "NAME",
      description = "Refuse evidence of any other variant (default: \"variant\" in the config).")
  private @Nullable String variant;

  @Option(
      names = "--cluster-id",
      paramLabel = "HEX64",
      description = "With --config: the evidence must come from a member of this cluster.")
  private @Nullable String clusterId;

  @Option(
      names = "--nonce",
      paramLabel = "HEX",
      description = "The nonce you sent, instead of the manifest's.")
  private @Nullable String nonce;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Verify at this time (2026-01-31T12:00:00Z), instead of the manifest's.")
  private @Nullable String at;

  @Mixin private VendorOptions vendors = new VendorOptions();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  EvidenceVerifyCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    return new EvidenceRun(spec.commandLine().getOut(), output.json(), vendors.get())
        .verify(bundles, EvidenceRun.ruling(config, variant, clusterId, nonce, at));
  }
}
