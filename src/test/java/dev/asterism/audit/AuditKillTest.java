package dev.asterism.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.asterism.wire.Json;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

/** A process that writes is killed by the kernel, with records under way in all threads. */
@Timeout(120)
class AuditKillTest {
  private static final int LIVES = 3;
  private static final Rotation ROTATION = new Rotation(20_000, Rotation.ALL);

  @TempDir Path folder;

  /** Writes until it is killed, and says what was acknowledged. */
  static final class Writer {
    private Writer() {}

    public static void main(String[] args) throws Exception {
      var log = new AuditLog(Path.of(args[0]), ROTATION, InstantSource.system());
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int thread = 0; thread < 16; thread++) {
          String name = args[1] + "." + thread + ".";
          threads.submit(() -> {
            for (int i = 0; ; i++) {
              log.append("event", Json.newObject().put("name", name + i));
              say(name + i);
            }
          });
        }
      }
    }

    private static void say(String name) {
      System.out.println(name);
    }
  }

  @Test
  void whateverAKilledProcessWasToldIsThere() throws Exception {
    Path file = folder.resolve("audit.jsonl");
    long seed = Long.getLong("asterism.seed", System.nanoTime());
    var random = new Random(seed);
    Set<String> acknowledged = new HashSet<>();
    for (int life = 0; life < LIVES; life++) {
      Process writer = start(file, life);
      try (var out =
          new BufferedReader(
              new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
        int enough = 200 + random.nextInt(300);
        String line = out.readLine();
        for (int i = 0; line != null && i < enough; i++) {
          acknowledged.add(line);
          line = out.readLine();
        }
        assertTrue(line != null, "it ended by itself");
        assertThrows(IOException.class, () -> new AuditLog(file, InstantSource.system()));
        // By its handle: the process itself would close what it said.
        writer.toHandle().destroyForcibly();
        writer.waitFor();
        // What it said before it died; its last line may be cut.
        for (; line != null; line = out.readLine()) {
          if (out.ready()) {
            acknowledged.add(line);
          }
        }
      } finally {
        writer.destroyForcibly();
      }
    }
    new AuditLog(file, ROTATION, InstantSource.system()).close();
    AuditReport report = Logs.verify(folder);
    assertTrue(report.intact(), () -> "seed " + seed + ": " + report.findings());
    Set<String> lost = new HashSet<>(acknowledged);
    for (AuditRecord record : Logs.records(folder)) {
      lost.remove(record.content().path("name").asString(""));
    }
    assertEquals(Set.of(), lost, "seed " + seed);
    assertTrue(Logs.full(folder).size() > 2);
  }

  private static Process start(Path file, int life) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-cp",
            classPath(),
            Writer.class.getName(),
            file.toString(),
            Integer.toString(life))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Whatever runs the tests: where the classes that it needs came from. */
  private static String classPath() {
    return Stream.of(
            AuditKillTest.class,
            AuditLog.class,
            JsonMapper.class,
            JsonParser.class,
            JsonProperty.class,
            Nullable.class)
        .map(type -> Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath()))
        .map(Path::toString)
        .distinct()
        .collect(Collectors.joining(File.pathSeparator));
  }
}
