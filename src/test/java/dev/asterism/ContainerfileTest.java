package dev.asterism;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The image of the DaemonSets, as far as that can be seen without building it. */
class ContainerfileTest {
  private static final Path FILE = Path.of("packaging/Containerfile");

  private static List<String> instructions(String name) throws IOException {
    return Files.readAllLines(FILE).stream()
        .filter(line -> line.startsWith(name + " "))
        .map(line -> line.substring(name.length() + 1))
        .toList();
  }

  /** Where each file of the checkout goes. */
  private static Map<String, String> copies() throws IOException {
    var copies = new LinkedHashMap<String, String>();
    for (String copy : instructions("COPY")) {
      String[] words = copy.split(" ", -1);
      assertEquals(2, words.length, copy);
      copies.put(words[0], words[1]);
    }
    return copies;
  }

  private static List<String> entryPoint() throws Exception {
    var words = new ArrayList<String>();
    JsonNode list =
        Json.object("entry point", "{\"words\":" + instructions("ENTRYPOINT").getFirst() + "}")
            .path("words");
    list.forEach(word -> words.add(word.asString()));
    return words;
  }

  @Test
  void whatItCopiesIsThereOnceTheJarIsBuilt() throws Exception {
    assertEquals(
        List.of("packaging/jvm.options", "target/asterism.jar"), List.copyOf(copies().keySet()));
    assertTrue(Files.isRegularFile(Path.of("packaging/jvm.options")));
    assertTrue(Files.readString(Path.of("pom.xml")).contains("<finalName>asterism</finalName>"));
  }

  @Test
  void itRunsWhatItCopies() throws Exception {
    Map<String, String> copies = copies();
    assertEquals(
        List.of(
            "java",
            "@" + copies.get("packaging/jvm.options"),
            "-jar",
            copies.get("target/asterism.jar")),
        entryPoint());
  }

  /** One program, one way to start it. */
  @Test
  void theUnitsOfNodesRunTheSame() throws Exception {
    String same = "ExecStart=/usr/bin/" + String.join(" ", entryPoint()) + " ";
    for (String unit : List.of("asterism-bootstrap.service", "asterism-disk-prepare.service")) {
      String text = Files.readString(Path.of("systemd", unit));
      assertTrue(text.contains("\n" + same), unit);
    }
  }

  @Test
  void theManifestsRunItsEntryPointAsItsUser() throws Exception {
    assertEquals(List.of("0"), instructions("USER"));
    try (Stream<Path> files = Files.list(Path.of("packaging/kubernetes/base"))) {
      List<Path> daemonSets =
          files.filter(file -> file.getFileName().toString().endsWith("-service.yaml")).toList();
      assertEquals(3, daemonSets.size());
      for (Path file : daemonSets) {
        String text = Files.readString(file);
        assertFalse(text.contains("command:"), file::toString);
        assertTrue(text.contains("\n            runAsUser: 0\n"), file::toString);
      }
    }
  }

  /** A name alone would be whatever a registry says it is today. */
  @Test
  void theBaseIsNamedByWhoeverBuildsIt() throws Exception {
    assertEquals(List.of("BASE"), instructions("ARG"));
    assertEquals(List.of("${BASE}"), instructions("FROM"));
    assertTrue(Files.readString(FILE).contains("--build-arg BASE="));
  }

  @Test
  void javaTakesTheOptionsWithoutAWord() throws Exception {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@packaging/jvm.options",
                "--version")
            .redirectErrorStream(true)
            .start();
    String said = new String(java.getInputStream().readAllBytes());
    assertEquals(0, java.waitFor(), said);
    assertTrue(said.startsWith("openjdk "), said);
  }
}
