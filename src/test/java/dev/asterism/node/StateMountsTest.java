package dev.asterism.node;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateMountsTest {
  private static final String ROOT = "25 1 254:0 / / ro,relatime - erofs /dev/mapper/root ro\n";
  private static final String RUN = "26 25 0:23 / /run rw,nosuid shared:5 - tmpfs tmpfs rw\n";
  private static final String STATE =
      "30 26 254:3 / /run/state rw,nodev shared:9 - ext4 /dev/mapper/state rw\n";
  private static final String KUBERNETES =
      "31 25 254:3 /kubernetes /etc/kubernetes rw shared:9 - ext4 /dev/mapper/state rw\n";
  private static final String VAR = "32 25 254:3 /var /var rw - ext4 /dev/mapper/state rw\n";

  @TempDir private Path root;

  private StateMounts mounts(String... lines) throws IOException {
    Path list = Files.createDirectories(root.resolve("proc/self")).resolve("mountinfo");
    Files.writeString(list, String.join("", lines));
    return new StateMounts(root);
  }

  private void refused(String part, String... lines) throws IOException {
    StateMounts mounts = mounts(lines);
    String said = assertThrows(IOException.class, mounts::require).getMessage();
    assertTrue(said.contains(part), said);
  }

  @Test
  void aNodeWhoseSecretsAreOnItsDiskIsFine() throws Exception {
    StateMounts mounts = mounts(ROOT, RUN, STATE, KUBERNETES, VAR);
    assertDoesNotThrow(mounts::require);
  }

  @Test
  void withoutTheDiskItSaysWhatToRun() throws Exception {
    refused("run 'disk prepare'", ROOT, RUN, KUBERNETES, VAR);
  }

  @Test
  void anotherFileSystemThereIsNoStateDisk() throws Exception {
    refused(
        "not mounted at /run/state",
        ROOT,
        RUN,
        STATE.replace("/dev/mapper/state", "/dev/vdb"),
        KUBERNETES,
        VAR);
  }

  @Test
  void keysBelowTheRootOfTheImageAreRefused() throws Exception {
    refused("/etc/kubernetes is not on the state disk", ROOT, RUN, STATE, VAR);
    refused("/var/lib/kubelet is not on the state disk", ROOT, RUN, STATE, KUBERNETES);
    String kubelet = VAR.replace("/var", "/var/lib/kubelet");
    refused("/var/lib/etcd is not on the state disk", ROOT, RUN, STATE, KUBERNETES, kubelet);
  }

  @Test
  void theMountThatIsSeenCounts() throws Exception {
    String over = "40 25 0:9 / /etc/kubernetes rw - tmpfs tmpfs rw\n";
    refused("/etc/kubernetes is not", ROOT, RUN, STATE, KUBERNETES, VAR, over);
  }

  @Test
  void aListThatIsNoneIsRefused() throws Exception {
    refused("a line that is no mount", ROOT, "garbage\n");
  }
}
