package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.ClusterAccess.ControlPlaneFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneFilesTest {
  @TempDir private Path pki;

  private static List<ControlPlaneFile> eight() {
    return ControlPlaneFiles.NAMES.stream()
        .map(name -> new ControlPlaneFile(name, Bytes.ofUtf8(name)))
        .toList();
  }

  @Test
  void writesAllEightAndReadsThemBack() throws Exception {
    ControlPlaneFiles.write(pki, eight());
    assertEquals(eight(), ControlPlaneFiles.read(pki));
    assertEquals("etcd/ca.key", Files.readString(pki.resolve("etcd/ca.key")));
  }

  @Test
  void keepsKeysFromOthersEyes() throws Exception {
    ControlPlaneFiles.write(pki, eight());
    for (String name : ControlPlaneFiles.NAMES) {
      String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(pki.resolve(name)));
      assertEquals(name.endsWith(".key") ? "rw-------" : "rw-r--r--", mode, name);
    }
  }

  @Test
  void refusesAnyOtherFile() {
    for (String name : List.of("../admin.conf", "/etc/passwd", "apiserver.key", "etcd/../x", "")) {
      var files = new ArrayList<>(eight());
      files.add(new ControlPlaneFile(name, Bytes.EMPTY));
      assertThrows(MalformedException.class, () -> ControlPlaneFiles.write(pki, files), name);
    }
    assertFalse(Files.exists(pki.resolve("ca.key")));
  }

  @Test
  void refusesAFileTwice() {
    var files = new ArrayList<>(eight());
    files.add(files.getFirst());
    assertThrows(MalformedException.class, () -> ControlPlaneFiles.write(pki, files));
  }

  @Test
  void refusesAnIncompleteSetAndWritesNothing() {
    for (int i = 0; i < 8; i++) {
      var files = new ArrayList<>(eight());
      files.remove(i);
      assertThrows(MalformedException.class, () -> ControlPlaneFiles.write(pki, files));
    }
    assertFalse(Files.exists(pki.resolve("ca.key")));
  }

  @Test
  void saysWhichFileIsMissing() {
    String message =
        assertThrows(IOException.class, () -> ControlPlaneFiles.read(pki)).getMessage();
    assertTrue(message.contains(pki.resolve("ca.key").toString()), message);
  }

  @Test
  void neverShowsContent() {
    assertEquals(
        "ControlPlaneFile(ca.key, 6 bytes)",
        new ControlPlaneFile("ca.key", Bytes.ofUtf8("secret")).toString());
  }
}
