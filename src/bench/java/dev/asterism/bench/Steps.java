package dev.asterism.bench;

import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs {@link Benchmarks} by JMH. */
final class Steps {
  private static final double APPRAISAL_AIM = 0.1;
  private static final double SNP_APPRAISAL_AIM = 0.3;

  /** And within 1.6 times the signatures alone. */
  private static final double TDX_AIM = 0.5;

  private Steps() {}

  static void run(Table table) throws Exception {
    Map<String, RunResult> results = measure();
    step(table, results, "appraisal", "appraisal of a TPM document").aim(APPRAISAL_AIM);
    step(table, results, "tdxAppraisal", "appraisal of a TDX document, collateral cached")
        .aim(TDX_AIM);
    step(table, results, "tdxSignatures", "its ECDSA verifications alone");
    step(table, results, "snpAppraisal", "appraisal of an SEV-SNP document, chain known")
        .aim(SNP_APPRAISAL_AIM);
    step(table, results, "snpAppraisalCold", "the same, chain and list unknown");
    step(table, results, "p384", "one P-384 signature beside it");
    step(table, results, "replay", "event log: parse and replay");
    step(table, results, "dataKey", "data key by HKDF");
    step(table, results, "mint", "certificate for aTLS: key and signature");
    step(table, results, "evidence", "document by the software TPM");
  }

  private static Map<String, RunResult> measure() throws RunnerException {
    var options =
        new OptionsBuilder()
            .include(Benchmarks.class.getName() + "\\.")
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
    RunResult result = results.get(name);
    double cpu = result.getSecondaryResults().get(CpuProfiler.LABEL).getScore();
    double wall = result.getPrimaryResult().getScore();
    return table
        .row(figure, cpu, "ms CPU")
        .note("%s ms by the clock".formatted(Table.number(wall)));
  }
}
