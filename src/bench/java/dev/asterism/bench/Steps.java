package dev.asterism.bench;

import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link Benchmarks} by JMH. */
final class Steps {
  private static final double APPRAISAL_AIM = 0.1;
  private static final double SNP_APPRAISAL_AIM = 0.3;

  private static final double TDX_AIM = 0.5;

  /** Of an appraisal to the signatures that it cannot do without. */
  private static final double RATIO_AIM = 1.6;

  private static final String TDX_RATIO = "TDX appraisal : its signatures";
  private static final String SNP_RATIO = "SEV-SNP appraisal : its signature";

  /** Roles have the quick compiler only, for start-up and memory. */
  private static final String OPTIMIZED = ", both compilers";

  private Steps() {}

  static void run(Table table) throws Exception {
    Map<String, RunResult> results = measure(all());
    step(table, results, "appraisal", "appraisal of a TPM document").aim(APPRAISAL_AIM);
    step(table, results, "tdxAppraisal", "appraisal of a TDX document, chain and collateral known")
        .aim(TDX_AIM);
    step(table, results, "tdxAppraisalCold", "the same, neither known");
    step(table, results, "tdxSignatures", "its two ECDSA verifications alone");
    ratio(table, results, "tdxAppraisal", "tdxSignatures", TDX_RATIO);
    step(table, results, "snpAppraisal", "appraisal of an SEV-SNP document, chain known")
        .aim(SNP_APPRAISAL_AIM);
    step(table, results, "snpAppraisalCold", "the same, chain and list unknown");
    step(table, results, "p384", "one P-384 verification alone");
    ratio(table, results, "snpAppraisal", "p384", SNP_RATIO);
    step(table, results, "replay", "event log: parse and replay");
    step(table, results, "dataKey", "data key by HKDF");
    step(table, results, "mint", "certificate for aTLS: key and signature");
    step(table, results, "evidence", "document by the software TPM");

    Map<String, RunResult> optimized = measure(optimized());
    ratio(table, optimized, "tdxAppraisal", "tdxSignatures", TDX_RATIO + OPTIMIZED);
    ratio(table, optimized, "snpAppraisal", "p384", SNP_RATIO + OPTIMIZED);
  }

  private static ChainedOptionsBuilder all() {
    return new OptionsBuilder().include(Benchmarks.class.getName() + "\\.");
  }

  /** What is compared with a signature, as both of the JVM's compilers leave it in the end. */
  private static ChainedOptionsBuilder optimized() {
    return new OptionsBuilder()
        .include(Benchmarks.class.getName() + "\\.(tdxAppraisal|tdxSignatures|snpAppraisal|p384)$")
        .jvmArgsAppend("-XX:TieredStopAtLevel=4")
        .warmupIterations(30);
  }

  private static Map<String, RunResult> measure(ChainedOptionsBuilder which)
      throws RunnerException {
    Options options =
        which
            .addProfiler(CpuProfiler.class)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true)
            .timeout(TimeValue.seconds(60))
            .build();
    var byName = new TreeMap<String, RunResult>();
    for (RunResult result : new Runner(options).run()) {
      String name = result.getParams().getBenchmark();
      byName.put(name.substring(name.lastIndexOf('.') + 1), result);
    }
    return byName;
  }

  private static Table.Row step(
      Table table, Map<String, RunResult> results, String name, String figure) {
    double wall = results.get(name).getPrimaryResult().getScore();
    return table
        .row(figure, cpu(results, name), "ms CPU")
        .note("%s ms by the clock".formatted(Table.number(wall)));
  }

  private static void ratio(
      Table table, Map<String, RunResult> results, String whole, String part, String figure) {
    table.row(figure, cpu(results, whole) / cpu(results, part), "CPU").aim(RATIO_AIM);
  }

  private static double cpu(Map<String, RunResult> results, String name) {
    return results.get(name).getSecondaryResults().get(CpuProfiler.LABEL).getScore();
  }
}
