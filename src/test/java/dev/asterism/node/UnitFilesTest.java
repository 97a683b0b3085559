package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The units of a node image, as systemd itself judges them. */
class UnitFilesTest {
  private static final Path UNITS = Path.of("systemd").toAbsolutePath();
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");

  /** In tenths, as the program counts. */
  private static final int MOST_EXPOSED = 30;

  private record Said(int code, String text) {}

  private static Said analyze(String... arguments) throws Exception {
    assumeTrue(Files.isExecutable(ANALYZE), "needs systemd-analyze (apt-get install systemd)");
    var command = new ArrayList<String>(List.of(ANALYZE.toString()));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("SYSTEMD_UNIT_PATH", UNITS + ":");
    Process process = builder.start();
    String text = new String(process.getInputStream().readAllBytes());
    return new Said(process.waitFor(), text);
  }

  /** Its program comes with a node's first join, and nothing confines it. */
  private static final String KUBELET = "kubelet.service";

  /** All that there are, so that none is forgotten. */
  private static List<String> units() throws IOException {
    try (Stream<Path> files = Files.list(UNITS)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".env") && !name.equals(KUBELET))
          .sorted()
          .toList();
    }
  }

  private static List<String> services() throws IOException {
    return units().stream().filter(name -> name.endsWith(".service")).toList();
  }

  @Test
  void thereAreUnitsToBeJudged() throws Exception {
    assertEquals(
        List.of(
            "asterism-bootstrap.service",
            "asterism-disk-prepare.service",
            "asterism-state-fs.service"),
        services());
    assertEquals(11, units().size(), units()::toString);
  }

  @ParameterizedTest
  @MethodSource("units")
  void systemdHasNothingToSay(String unit) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/java")), "needs /usr/bin/java, which the units run");
    Said said = analyze("verify", UNITS.resolve(unit).toString());
    assertEquals("", said.text());
    assertEquals(0, said.code());
  }

  /** Here another program stands in its program's place. */
  @Test
  void theKubeletIsStartedByBootstrapOnly(@TempDir Path folder) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/java")), "needs /usr/bin/java, which the units run");
    String unit = text(KUBELET);
    assertFalse(unit.contains("[Install]"), unit);
    Path copy = folder.resolve(KUBELET);
    Files.writeString(copy, unit.replace("/run/state/bin/kubelet", "/bin/true"));
    assertEquals("", analyze("verify", copy.toString()).text());
  }

  @ParameterizedTest
  @MethodSource("services")
  void theyAreLittleExposed(String unit) throws Exception {
    Said said =
        analyze(
            "security",
            "--offline=true",
            "--threshold=" + MOST_EXPOSED,
            UNITS.resolve(unit).toString());
    assertEquals(0, said.code(), said.text());
  }

  private static String text(String unit) throws IOException {
    return Files.readString(UNITS.resolve(unit));
  }

  @Test
  void withoutTheDiskNothingStarts() throws Exception {
    for (String unit :
        List.of("asterism-state-fs.service", "run-state.mount", "asterism-bootstrap.service")) {
      startsBehind("asterism-disk-prepare.service", unit);
    }
  }

  @Test
  void aNewDiskHasAFileSystemBeforeItIsMounted() throws Exception {
    startsBehind("asterism-state-fs.service", "run-state.mount");
    assertTrue(
        text("asterism-state-fs.service").contains("systemd-makefs ext4 /dev/mapper/state\n"));
  }

  /** As {@link StateMounts} wants it; systemd finds the units by the names of the places. */
  @Test
  void whatHoldsSecretsIsBoundToTheDiskBeforeBootstrapping() throws Exception {
    String needed =
        text("asterism-bootstrap.service")
            .lines()
            .filter(line -> line.startsWith("RequiresMountsFor="))
            .findFirst()
            .orElseThrow();
    for (String place : List.of("/etc/kubernetes", "/var/lib/kubelet", "/var/lib/etcd")) {
      assertTrue(List.of(needed.split("[= ]")).contains(place), needed);
      String unit = text(place.substring(1).replace('/', '-') + ".mount");
      assertTrue(unit.contains("\nWhere=" + place + "\n"), unit);
      assertTrue(unit.contains("\nWhat=/run/state/"), unit);
      assertTrue(unit.contains("\nRequiresMountsFor=/run/state\n"), unit);
    }
  }

  /** The mount would give up on it after 90 seconds, and bootstrapping with the mount. */
  @Test
  void theOpenDiskIsWaitedForAsLongAsItsKeyTakes() throws Exception {
    String device = text("dev-mapper-state.device");
    assertTrue(device.contains("\nJobRunningTimeoutSec=infinity\n"));
    assertTrue(text("run-state.mount").contains("\nWhat=/dev/mapper/state\n"));
  }

  private static void startsBehind(String first, String unit) throws IOException {
    for (String relation : List.of("Requires=", "After=")) {
      assertTrue(
          text(unit)
              .lines()
              .anyMatch(line ->
                  line.startsWith(relation)
                      && List.of(line.substring(relation.length()).split(" ")).contains(first)),
          unit + ": " + relation);
    }
  }

  /** As {@link StateFileSystem} does; of the lines of a filter, a later one counts. */
  @Test
  void whatOpensTheDiskMayMountItForItselfAlone() throws Exception {
    String unit = text("asterism-disk-prepare.service");
    String denied = "\nSystemCallFilter=~";
    String afterwards = unit.substring(unit.lastIndexOf(denied) + denied.length());
    List<String> allowed =
        afterwards
            .lines()
            .filter(line -> line.startsWith("SystemCallFilter="))
            .flatMap(line -> Stream.of(line.substring(line.indexOf('=') + 1).split(" ")))
            .toList();
    assertTrue(allowed.containsAll(List.of("mount", "umount2", "fsmount", "move_mount")), unit);
    assertTrue(unit.contains("\nPrivateMounts=yes\n"), unit);
  }

  @Test
  void theUnitsReadTheEnvironmentFileAndDoNotStartWithoutIt() throws Exception {
    String file = text("bootstrap.env");
    assertTrue(file.contains("\nCONSTEL_ATTESTATION_VARIANT="));
    assertTrue(file.contains("\nCONSTEL_CSP="));
    for (String unit : List.of("asterism-disk-prepare.service", "asterism-bootstrap.service")) {
      assertTrue(text(unit).contains("\nEnvironmentFile=/etc/asterism/bootstrap.env\n"), unit);
    }
  }
}
