package dev.asterism.cli;

import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.ProductLine;
import dev.asterism.attestation.snp.TcbVersion;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Prints a config to start from. */
@Command(
    name = "generate",
    header = "Print an attestation config to start from.",
    description =
        "What it cannot know, it leaves as strict as can be: an empty list takes nothing, nor does a"
            + " value of ff throughout. Fill it in, then run 'asterism config validate'.",
    sortOptions = false,
    footerHeading = "%nExample:%n",
    footer =
        "  asterism config generate --variant sev-snp --line Milan --measurement \\%n"
            + "    \"$(asterism measurements predict-launch …)\" > attestation-config.json")
final class ConfigGenerateCommand implements Callable<Integer> {
  private static final int MEASUREMENT = 48;
  private static final String MRTD = "0";

  /** PCR 4. */
  private static final String BOOT_LOADER = "4";

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Option(
      names = "--variant",
      required = true,
      paramLabel = "NAME",
      description = "Which evidence it is for.")
  private String variant = "";

  @Option(
      names = "--line",
      paramLabel = "LINE",
      description = "sev-snp: Milan, Genoa or Turin; may be repeated (default: all).")
  private List<String> lines = List.of();

  @Option(
      names = "--measurement",
      paramLabel = "HEX96",
      description = "sev-snp: a launch measurement that is good; may be repeated.")
  private List<String> measurements = List.of();

  @Mixin final HelpOption help = new HelpOption();

  ConfigGenerateCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    Variant wanted = Inputs.variant("--variant", variant);
    ObjectNode config = Json.newObject().put("variant", wanted.id());
    if (wanted == Variant.SEV_SNP) {
      snp(config.putObject("snp"));
    } else {
      measured(wanted, config);
      CloudConfig.add(wanted, config, this::snp);
    }
    // What is printed can be read.
    var _ = Platforms.of(wanted, Vendors.NONE).policy(config);
    spec.commandLine().getOut().print(Json.pretty(config));
    spec.commandLine().getOut().flush();
    return ExitCode.SUCCESS;
  }

  /** Values that no machine and no key has: an absent one would take any. */
  private static void measured(Variant wanted, ObjectNode config) {
    boolean td = wanted == Variant.TDX || wanted == Variant.QEMU_TDX;
    int length = wanted.measurementHash().length();
    config
        .putObject("measurements")
        .putObject(td ? MRTD : BOOT_LOADER)
        .put("expected", "ff".repeat(length))
        .put("warnOnly", false);
    if (wanted == Variant.QEMU_VTPM) {
      ObjectNode trust = config.putObject("akTrust").put("mode", "pinned");
      trust.putArray("keys").add("ff".repeat(length));
    }
  }

  private void snp(ObjectNode snp) throws MalformedException {
    ArrayNode good = snp.putArray("measurements");
    for (String measurement : measurements) {
      good.add(Inputs.hex("--measurement", measurement, MEASUREMENT, MEASUREMENT).hex());
    }
    ObjectNode minima = snp.putObject("minimumTcb");
    ArrayNode roots = Json.newObject().putArray("roots");
    for (ProductLine line : lines()) {
      ObjectNode minimum = minima.putObject(line.id());
      TcbVersion.components(line).forEach(component -> minimum.put(component.id(), 0));
      roots.add(line.root().id());
    }
    snp.putArray("allow").add("smt");
    snp.putArray("require");
    snp.putArray("platform").add("aliasCheck");
    snp.putArray("vmpl").add(0);
    snp.putArray("cspIds");
    snp.put("revocation", "required");
    snp.set("roots", roots);
  }

  private List<ProductLine> lines() throws MalformedException {
    if (lines.isEmpty()) {
      return List.of(ProductLine.values());
    }
    List<ProductLine> named = new ArrayList<>();
    for (String line : lines) {
      named.add(
          ProductLine.byId(line)
              .orElseThrow(
                  () -> new MalformedException("--line", "is none of Milan, Genoa, Turin")));
    }
    return named;
  }
}
