package dev.asterism.kubernetes.standalone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.testing.Tars;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComponentInstallerTest {
  private static final String HELLO = "data:,hello";
  private static final String HASH = "sha256:" + Digests.SHA256.of(Bytes.ofUtf8("hello")).hex();

  @TempDir private Path folder;
  private Path root;
  private ComponentInstaller installer;

  @BeforeEach
  void makeRoot() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    installer =
        new ComponentInstaller(
            root,
            new ComponentPolicy(
                List.of(new ComponentPolicy.Place(Path.of("/opt"), true)), Map.of(), List.of()));
  }

  @Test
  void installsAFileBelowTheRoot() throws Exception {
    installer.install(List.of(new Component(HELLO, HASH, "/opt/bin/hello", false)));
    Path file = root.resolve("opt/bin/hello");
    assertEquals("hello", Files.readString(file));
    assertEquals("r-xr--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void installsTheSameAgain() throws Exception {
    var component = new Component(HELLO, HASH, "/opt/hello", false);
    installer.install(List.of(component));
    installer.install(List.of(component));
    assertEquals("hello", Files.readString(root.resolve("opt/hello")));
  }

  @Test
  void unpacksBelowTheInstallPath() throws Exception {
    String url = url(new Tars().entry("./cni/bridge", '0', "b").entry("x", '0', "y"));
    installer.install(List.of(new Component(url, "", "/opt/cni/", true)));
    assertEquals("b", Files.readString(root.resolve("opt/cni/cni/bridge")));
    assertEquals("y", Files.readString(root.resolve("opt/cni/x")));
  }

  @Test
  void takesContentInsideTheMessageWithoutAHash() throws Exception {
    installer.install(List.of(new Component(HELLO, "", "/opt/hello", false)));
    assertTrue(Files.exists(root.resolve("opt/hello")));
  }

  @Test
  void refusesAnotherHash() {
    String wrong = "sha256:" + "00".repeat(32);
    assertRefused("hash", new Component(HELLO, wrong, "/opt/hello", false));
    assertRefused("hash", new Component(HELLO, HASH.substring(0, 20), "/opt/hello", false));
    assertRefused("sha256:", new Component(HELLO, "sha1:00", "/opt/hello", false));
  }

  @Test
  void refusesDownloads() {
    assertRefused(
        "downloads nothing", new Component("https://example.com/a", HASH, "/opt/a", false));
    assertRefused("downloads nothing", new Component("", HASH, "/opt/a", false));
  }

  @Test
  void refusesToClimbOutOfTheRoot() throws Exception {
    assertRefused("climbs", new Component(HELLO, HASH, "/../outside", false));
    assertRefused("climbs", new Component(HELLO, HASH, "/opt/../../outside", false));
    assertRefused("climbs", new Component(HELLO, HASH, "/opt/..", false));
    assertRefused("not an absolute", new Component(HELLO, HASH, "opt", false));
    assertRefused("not an absolute", new Component(HELLO, HASH, "/opt\0", false));
    assertRefused("no file", new Component(HELLO, HASH, "/", false));
    String url = url(new Tars().entry("../../outside", '0', "x"));
    assertRefused("climbs", new Component(url, "", "/opt", true));
    assertFalse(Files.exists(folder.resolve("outside")));
  }

  @Test
  void followsNoLinkOutOfTheRoot() throws Exception {
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.createSymbolicLink(root.resolve("opt"), outside);
    assertRefused("no component goes", new Component(HELLO, HASH, "/opt/hello", false));
    assertFalse(Files.exists(outside.resolve("hello")));
  }

  @Test
  void followsNoLinkToWhereNothingMayGo() throws Exception {
    Path etc = Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(root.resolve("opt"));
    Files.createSymbolicLink(root.resolve("opt/hello"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(root.resolve("opt/folder"), Path.of("../etc"));

    assertRefused("no component goes", new Component(HELLO, HASH, "/opt/hello", false));
    assertRefused("no component goes", new Component(HELLO, HASH, "/opt/folder/x", false));
    assertRefused("no component goes", new Component(HELLO, HASH, "/etc/x", false));
    try (var files = Files.list(etc)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void anArchiveStaysInItsFolder() throws Exception {
    Files.createDirectories(root.resolve("opt/other"));
    Files.createDirectories(root.resolve("opt/cni"));
    Files.createSymbolicLink(root.resolve("opt/cni/link"), Path.of("/opt/other"));
    String url = url(new Tars().entry("link/x", '0', "x"));

    assertRefused("left by a link", new Component(url, "", "/opt/cni", true));
    assertFalse(Files.exists(root.resolve("opt/other/x")));
  }

  @Test
  void installsNothingIfOneIsRefusedAndSaysWhich() {
    var good = new Component(HELLO, HASH, "/opt/good", false);
    var bad = new Component(HELLO, "sha256:00", "/opt/bad", false);
    String message =
        assertThrows(MalformedException.class, () -> installer.install(List.of(good, bad)))
            .getMessage();
    assertTrue(message.startsWith("component 2: "), message);
    assertFalse(Files.exists(root.resolve("opt/good")));
  }

  @Test
  void refusesMoreThanAnyClusterHas() {
    var many = Collections.nCopies(257, new Component(HELLO, HASH, "/opt/a", false));
    assertThrows(MalformedException.class, () -> installer.install(many));
  }

  private static String url(Tars tar) {
    return "data:application/gzip;base64," + tar.gzipped().base64();
  }

  private void assertRefused(String part, Component component) {
    String message =
        assertThrows(MalformedException.class, () -> installer.install(List.of(component)))
            .getMessage();
    assertTrue(message.contains(part), message);
  }
}
