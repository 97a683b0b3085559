package dev.asterism.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Whole processes, as {@code ./asterism} starts them: what a verb takes, and what a role holds that
 * has nothing to do, in a cluster of {@code mini}.
 */
final class StartUp {
  private static final int REPEAT = 9;
  private static final long LIMIT_SECONDS = 180;
  private static final double HELP_AIM = 200;
  private static final double VERIFY_AIM = 800;
  private static final double ROLE_AIM = 128;

  /** A refused node's bootstrap stays, and tries again each second. */
  private static final String REFUSED = "worker-1";

  private final Path root;

  StartUp(Path root) {
    this.root = root;
  }

  void run(Table table) throws Exception {
    // The first one builds the JAR and trains the cache, where they are not there yet.
    output(List.of("./asterism", "--help"));
    time(table, "--help", List.of("./asterism", "--help"), HELP_AIM);
    try (var folder = new TemporaryFolder()) {
      String dir = folder.path().resolve("mini").toString();
      String up =
          output(
              List.of(
                  "./asterism", "mini", "up", "--dir", dir, "--workers", "1", "--tamper", REFUSED));
      try {
        String verify =
            up.lines()
                .filter(line -> line.startsWith("./asterism verify "))
                .findFirst()
                .orElseThrow();
        time(table, "verify", Arrays.asList(verify.split(" ")), VERIFY_AIM);
        memory(dir)
            .forEach((role, kib) ->
                table
                    .row("idle memory of " + role, kib[0] / 1024.0, "MiB")
                    .aim(ROLE_AIM)
                    .note("resident; %s of its own".formatted(Table.number(kib[1] / 1024.0))));
      } finally {
        output(List.of("./asterism", "mini", "down", "--dir", dir));
      }
    }
  }

  private void time(Table table, String verb, List<String> command, double aim) throws Exception {
    double[] millis = new double[REPEAT];
    double cpu = childCpuMillis();
    for (int i = 0; i < REPEAT; i++) {
      long start = System.nanoTime();
      output(command);
      millis[i] = (System.nanoTime() - start) / 1e6;
    }
    double cpuEach = (childCpuMillis() - cpu) / REPEAT;
    Arrays.sort(millis);
    table
        .row("start-up: " + verb, millis[REPEAT / 2], "ms")
        .aim(aim)
        .note(
            "median of %d; fastest %s; %s ms CPU"
                .formatted(REPEAT, Table.number(millis[0]), Table.number(cpuEach)));
  }

  /** Runs it to its end. */
  private String output(List<String> command) throws Exception {
    Path out = Files.createTempFile("asterism-bench-", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(root.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroy();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      String text = Files.readString(out);
      if (process.exitValue() != 0) {
        throw new IOException(String.join(" ", command) + " failed:\n" + text);
      }
      return text;
    } finally {
      Files.delete(out);
    }
  }

  /** CPU time of all processes that this one waited for. */
  private static double childCpuMillis() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // Behind the name in brackets; cutime and cstime are fields 16 and 17, in hundredths.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return 10.0 * (Long.parseLong(fields[13]) + Long.parseLong(fields[14]));
  }

  /** Resident, and resident without files, in KiB, by role. */
  private static Map<String, long[]> memory(String dir) throws IOException {
    var byRole = new TreeMap<String, long[]>();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      Path proc = Path.of("/proc/" + process.pid());
      List<String> words;
      try {
        words = Arrays.asList(Files.readString(proc.resolve("cmdline")).split("\0"));
      } catch (IOException e) {
        continue; // It is gone, or somebody else's.
      }
      for (String word : words) {
        if (word.startsWith("-Dasterism.mini=" + dir + "#")) {
          byRole.put(
              word.substring(word.lastIndexOf('#') + 1),
              new long[] {field(proc, "VmRSS"), field(proc, "RssAnon")});
        }
      }
    }
    return byRole;
  }

  private static long field(Path proc, String name) throws IOException {
    var values = new ArrayList<String>();
    for (String line : Files.readAllLines(proc.resolve("status"))) {
      if (line.startsWith(name + ":")) {
        values.add(line.replaceAll("[^0-9]", ""));
      }
    }
    return Long.parseLong(values.getFirst());
  }
}
