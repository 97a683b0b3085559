package dev.asterism.cli;

import dev.asterism.attestation.snp.ProductLine;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fetch what vendors publish about hardware. */
@Command(
    name = "fetch",
    header = "Fetch what AMD and Intel publish about hardware.",
    description =
        "Certificates and revocation lists of AMD's product lines and chips; TCB info, QE identity"
            + " and revocation lists for Intel's TDX platforms.",
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:all of it is usable", "1:some of it is not"})
final class CollateralFetchCommand implements Callable<Integer> {
  private static final int FMSPC = 6;

  @Spec
  private @SuppressWarnings("NullAway.Init") CommandSpec spec;

  @Mixin private CollateralOptions collateral = new CollateralOptions();

  @Option(
      names = "--line",
      paramLabel = "LINE",
      description = "A product line: Milan, Genoa or Turin; may be repeated.")
  private List<String> lines = List.of();

  @Option(names = "--vlek", description = "With --line: those of providers' keys too.")
  private boolean vlek;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = {
        "Of the chip that signed this SEV-SNP report (1184 bytes), its line's too; may be repeated.",
        "Reports of version 2 do not name the processor: give one --line with them."
      })
  private List<Path> reports = List.of();

  @Option(
      names = "--fmspc",
      paramLabel = "HEX",
      description =
          "Of TDX platforms of that kind (12 hex digits; 'asterism evidence show' prints those of"
              + " a quote); may be repeated.")
  private List<String> fmspcs = List.of();

  @Mixin private Output output = new Output();

  @Mixin final HelpOption help = new HelpOption();

  CollateralFetchCommand() {}

  @Override
  public Integer call() throws Exception {
    Logs.plain(0);
    if (lines.isEmpty() && reports.isEmpty() && fmspcs.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Say of what: --line, --report or --fmspc, each as often as needed.");
    }
    var wanted = new CollateralRun.Wanted(productLines(), vlek, snpReports(), platforms());
    return CollateralRun.of(spec.commandLine().getOut(), output.json(), collateral).fetch(wanted);
  }

  private List<ProductLine> productLines() throws MalformedException {
    List<ProductLine> result = new ArrayList<>();
    for (String name : lines) {
      result.add(
          ProductLine.byId(name)
              .orElseThrow(
                  () -> new MalformedException("--line", "is none of Milan, Genoa, Turin")));
    }
    return result;
  }

  private List<CollateralRun.Report> snpReports() throws Exception {
    List<CollateralRun.Report> result = new ArrayList<>();
    for (Path file : reports) {
      try {
        result.add(
            new CollateralRun.Report(
                file.toString(), SnpReport.parse(AtomicFile.read(file, SnpReport.LENGTH))));
      } catch (MalformedException e) {
        throw new MalformedException("--report " + file, String.valueOf(e.getMessage()));
      }
    }
    return result;
  }

  private List<Bytes> platforms() throws MalformedException {
    List<Bytes> result = new ArrayList<>();
    for (String hex : fmspcs) {
      Bytes fmspc = Bytes.ofHex("--fmspc", hex);
      if (fmspc.length() != FMSPC) {
        throw new MalformedException("--fmspc", "must have 12 hex digits");
      }
      result.add(fmspc);
    }
    return result;
  }
}
