package dev.asterism.testing.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs targets one after the other: {@code [--seconds N] [--target NAME]…}. */
public final class FuzzRun {
  private FuzzRun() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    int seconds = 60;
    var targets = new ArrayList<FuzzTarget<?>>();
    try {
      for (int i = 0; i < args.length; i += 2) {
        String value = i + 1 < args.length ? args[i + 1] : "";
        switch (args[i]) {
          case "--seconds" -> seconds = Integer.parseInt(value);
          case "--target" -> targets.add(FuzzTargets.byName(value));
          default -> throw new IllegalArgumentException("no option is called " + args[i]);
        }
      }
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage() + "\nusage: ./build fuzz [--seconds N] [--target NAME]…");
      System.exit(2);
    }
    System.exit(run(targets.isEmpty() ? FuzzTargets.all() : targets, seconds));
  }

  private static int run(List<FuzzTarget<?>> targets, int seconds)
      throws IOException, InterruptedException {
    Path root = Path.of("target", "fuzz");
    Files.createDirectories(root);
    var findings = new ArrayList<String>();
    for (FuzzTarget<?> target : targets) {
      Jazzer.Result result = new Jazzer(root.resolve(target.name())).run(target, seconds);
      System.out.printf(
          "%-26s %,12d executions  %5d edges  %5d inputs  %s%n",
          target.name(),
          result.executions(),
          result.edges(),
          result.corpus(),
          result.finding().isEmpty() ? "no finding" : "FINDING");
      if (!result.finding().isEmpty()) {
        findings.add(target.name());
        System.out.println(result.finding().indent(2).stripTrailing());
        for (Path input : result.crashes()) {
          System.out.println("  the input: " + input);
          System.out.printf(
              "  mend the parser, then keep it: mkdir -p %1$s && cp %2$s %1$s/%n",
              KeptInputs.FOLDER.resolve(target.name()), input);
        }
      }
    }
    System.out.println(
        findings.isEmpty()
            ? targets.size() + " targets, no finding"
            : findings.size() + " of " + targets.size() + " targets with findings: " + findings);
    return findings.isEmpty() ? 0 : 1;
  }
}
