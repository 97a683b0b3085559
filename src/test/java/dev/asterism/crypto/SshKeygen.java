package dev.asterism.crypto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** OpenSSH's own tool, where the machine has it; a test that needs it is skipped elsewhere. */
final class SshKeygen {
  private SshKeygen() {}

  static void assumePresent() {
    boolean present =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(":"))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ssh-keygen")));
    assumeTrue(present, "ssh-keygen is not installed");
  }

  /** What it prints, both streams; it must succeed. */
  static String run(String... arguments) throws IOException, InterruptedException {
    List<String> command = Stream.concat(Stream.of("ssh-keygen"), Stream.of(arguments)).toList();
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TZ", "UTC");
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor(30, TimeUnit.SECONDS);
    assertEquals(0, process.exitValue(), output);
    return output;
  }
}
