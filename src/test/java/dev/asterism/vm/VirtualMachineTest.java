package dev.asterism.vm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.testing.Tools;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node that is a machine: firmware, measured boot, kernel, systemd, device-mapper, our units. The
 * steps of {@code src/test/vm/walk}; each but the first boots a copy of the machine that joined.
 */
@Tag("vm")
class VirtualMachineTest {
  private static final int MINUTES_PER_STEP = 60;

  /** Programs and the packages of Debian that bring them. */
  private static final Map<String, String> NEEDED =
      Map.ofEntries(
          Map.entry("qemu-system-x86_64", "qemu-system-x86 ovmf"),
          Map.entry("swtpm_setup", "swtpm swtpm-tools"),
          Map.entry("mmdebstrap", "mmdebstrap"),
          Map.entry("mcopy", "mtools"),
          Map.entry("objcopy", "binutils systemd-boot-efi"),
          Map.entry("cpio", "cpio"),
          Map.entry("sfdisk", "fdisk"),
          Map.entry("socat", "socat"),
          Map.entry("jq", "jq"),
          Map.entry("openssl", "openssl"),
          Map.entry("veritysetup", "cryptsetup-bin"));

  @TempDir private static Path dir;

  @BeforeAll
  static void aMachineHasJoined() throws Exception {
    var missing = new TreeSet<String>();
    NEEDED.forEach((program, packages) -> {
      if (!Tools.isInstalled(program) && !Files.isExecutable(Path.of("/usr/sbin", program))) {
        missing.add(packages);
      }
    });
    assumeTrue(missing.isEmpty(), "needs apt-get install " + String.join(" ", missing));
    walk("up");
    walk("join");
  }

  @AfterAll
  static void down() throws Exception {
    if (Files.exists(dir.resolve("mini"))) {
      walk("down");
    }
  }

  @Test
  void aRebootedNodeGetsItsKeyFromTheClusterAndHasItsData() throws Exception {
    walk("rejoin");
  }

  @Test
  void withoutAJoinServiceItWaitsForAnAdmin() throws Exception {
    walk("recover");
  }

  @Test
  void aFlippedByteOfTheDiskIsAReadErrorAndNotData() throws Exception {
    walk("ciphertext");
  }

  @Test
  void aChangedHeaderIsRefusedBeforeAnybodyIsAskedForAKey() throws Exception {
    walk("header");
  }

  @Test
  void aVolumeIsFormattedOpenedGrownAndClosed() throws Exception {
    walk("volume");
  }

  private static void walk(String step) throws IOException, InterruptedException {
    Path log = dir.resolve(step + ".log");
    Process process =
        new ProcessBuilder("src/test/vm/walk", dir.toString(), step)
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectOutput(log.toFile())
            .start();
    if (!process.waitFor(MINUTES_PER_STEP, TimeUnit.MINUTES)) {
      process.destroy();
      fail(step + " does not end: " + Files.readString(log));
    }
    assertEquals(0, process.exitValue(), () -> text(log));
  }

  private static String text(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.getMessage();
    }
  }
}
