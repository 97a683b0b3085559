package dev.asterism.testing.fuzz;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One run of Jazzer in a process of its own, in a folder that keeps what it learns from run to run.
 */
final class Jazzer {
  /** More than the slowest input that is not a finding: an RSA key is made. */
  private static final int SECONDS_FOR_ONE_INPUT = 25;

  /** To start, and for the last input. */
  private static final int SECONDS_BESIDE = 300;

  /** Longer inputs find no more, and take longer. */
  private static final int LONGEST_INPUT = 64 * 1024;

  /** Some parsers are answered by a host of the test's own, on loopback. */
  private static final String CONNECTIONS =
      "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery";

  private static final Pattern EXECUTIONS =
      Pattern.compile("stat::number_of_executed_units: (\\d+)");
  private static final Pattern EDGES = Pattern.compile("cov: (\\d+)");

  private final Path folder;

  /**
   * @param folder of the target
   */
  Jazzer(Path folder) {
    this.folder = folder;
  }

  /**
   * What came of it.
   *
   * @param edges of the control flow that were reached
   * @param corpus how many inputs reach them
   * @param finding for people; empty where nothing was found
   * @param crashes the inputs that show it
   */
  record Result(long executions, long edges, long corpus, String finding, List<Path> crashes) {}

  Result run(FuzzTarget<?> target, int seconds) throws IOException, InterruptedException {
    Path seeds = fresh(folder.resolve("seeds"));
    Path crashes = fresh(folder.resolve("crashes"));
    Path corpus = Files.createDirectories(folder.resolve("corpus"));
    for (Bytes seed : target.seeds()) {
      Files.write(seeds.resolve(name(seed)), seed.toArray());
    }
    for (Bytes input : KeptInputs.of(target.name()).values()) {
      Files.write(seeds.resolve(name(input)), input.toArray());
    }
    Path dictionary = folder.resolve("dictionary");
    Files.writeString(dictionary, dictionary());
    Path log = folder.resolve("log");
    var command = new ArrayList<>(java(target));
    command.add("-max_total_time=" + seconds);
    command.add("-timeout=" + SECONDS_FOR_ONE_INPUT);
    command.add("-max_len=" + LONGEST_INPUT);
    command.add("-print_final_stats=1");
    command.add("-dict=" + dictionary);
    command.add("-artifact_prefix=" + crashes + "/");
    command.add(corpus.toString());
    command.add(seeds.toString());
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    // Nothing of it outlives this run.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
    boolean ended = process.waitFor(seconds + (long) SECONDS_BESIDE, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
    }
    int exit = process.waitFor();
    String how =
        ended
            ? "Jazzer ended with " + exit
            : "Jazzer did not end in time: it hangs, or this machine has no time for it";
    return result(exit, how, Files.readString(log), list(corpus), list(crashes));
  }

  private static List<String> java(FuzzTarget<?> target) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx1g",
        "-XX:+UseSerialGC",
        "-XX:+EnableDynamicAgentLoading",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-D" + FuzzEntry.TARGET + "=" + target.name(),
        "-cp",
        System.getProperty("java.class.path"),
        "com.code_intelligence.jazzer.Jazzer",
        "--target_class=" + FuzzEntry.class.getName(),
        "--instrumentation_includes=dev.asterism.**",
        "--instrumentation_excludes=dev.asterism.testing.**",
        "--disabled_hooks=" + CONNECTIONS,
        "--reproducer_path=" + Path.of("target", "fuzz").toAbsolutePath());
  }

  private Result result(int exit, String how, String log, List<Path> corpus, List<Path> crashes) {
    String finding = "";
    if (exit != 0 || !crashes.isEmpty()) {
      finding =
          log.lines()
              .dropWhile(
                  line -> !line.startsWith("== Java Exception") && !line.startsWith("==ERROR"))
              .limit(12)
              .collect(Collectors.joining("\n"));
      finding = finding.isEmpty() ? how : finding;
      finding += "\nmore: " + folder.resolve("log");
    }
    return new Result(last(EXECUTIONS, log), last(EDGES, log), corpus.size(), finding, crashes);
  }

  private static long last(Pattern pattern, String log) {
    Matcher matcher = pattern.matcher(log);
    long value = 0;
    while (matcher.find()) {
      value = Long.parseLong(matcher.group(1));
    }
    return value;
  }

  /** Words that no mutation would come upon: the canary, as text and as bytes. */
  private static String dictionary() {
    var bytes = new StringBuilder();
    for (int i = 0; i < Canary.BYTES.length(); i++) {
      bytes.append("\\x%02x".formatted(Canary.BYTES.at(i)));
    }
    return "\"" + Canary.TEXT + "\"\n\"" + bytes + "\"\n";
  }

  private static String name(Bytes input) {
    return dev.asterism.crypto.Digests.SHA256.of(input).hex().substring(0, 16);
  }

  private static Path fresh(Path directory) throws IOException {
    Files.createDirectories(directory);
    for (Path file : list(directory)) {
      Files.delete(file);
    }
    return directory;
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted(Comparator.naturalOrder()).toList();
    }
  }
}
