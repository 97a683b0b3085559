package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.testing.Tars;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
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
  private final Map<String, Bytes> served = new HashMap<>();
  private final List<String> asked = new ArrayList<>();

  private void download(String url, Path file, long limit) throws IOException {
    asked.add(url);
    Bytes content = served.get(url);
    if (content == null) {
      Files.writeString(file, "half of it");
      throw new IOException(url + " is away");
    }
    Files.write(file, content.toArray());
  }

  private Component served(String name, Bytes content, String path, boolean extract) {
    String url = "https://example.com/" + name;
    served.put(url, content);
    return new Component(url, "sha256:" + Digests.SHA256.of(content).hex(), path, extract);
  }

  private long kept() throws IOException {
    Path folder = root.resolve("run/state/components");
    if (!Files.exists(folder)) {
      return 0;
    }
    try (var files = Files.list(folder)) {
      return files.count();
    }
  }

  @BeforeEach
  void makeRoot() throws Exception {
    root = Files.createDirectory(folder.resolve("root"));
    installer =
        new ComponentInstaller(
            root,
            new ComponentPolicy(
                List.of(new ComponentPolicy.Place(Path.of("/opt"), true)), Map.of(), List.of()),
            this::download);
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
  void installsWhatItDownloads() throws Exception {
    Bytes archive = new Tars().entry("cni/bridge", '0', "b").gzipped();
    installer.install(
        List.of(
            served("kubelet", Bytes.ofUtf8("k"), "/opt/bin/kubelet", false),
            served("cni.tgz", archive, "/opt/", true)));
    Path kubelet = root.resolve("opt/bin/kubelet");
    assertEquals("k", Files.readString(kubelet));
    assertEquals(
        "r-xr--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(kubelet)));
    assertEquals("b", Files.readString(root.resolve("opt/cni/bridge")));
    assertEquals(0, kept());
  }

  @Test
  void downloadsOnceAndInstallsLater() throws Exception {
    Component component = served("kubelet", Bytes.ofUtf8("k"), "/opt/kubelet", false);
    installer.fetch(List.of(component));
    assertFalse(Files.exists(root.resolve("opt")));
    served.clear();
    installer.fetch(List.of(component));
    installer.install(List.of(component));
    assertEquals("k", Files.readString(root.resolve("opt/kubelet")));
    assertEquals(List.of(component.url()), asked);
  }

  @Test
  void refusesADownloadWithAnotherHash() throws Exception {
    Component component = served("kubelet", Bytes.ofUtf8("k"), "/opt/kubelet", false);
    served.put(component.url(), Bytes.ofUtf8("something else"));
    assertRefused("not that of what was downloaded", component);
    assertFalse(Files.exists(root.resolve("opt/kubelet")));
    assertEquals(0, kept());
  }

  @Test
  void doesNotInstallADownloadThatWasChangedMeanwhile() throws Exception {
    Component component = served("kubelet", Bytes.ofUtf8("k"), "/opt/kubelet", false);
    installer.fetch(List.of(component));
    try (var files = Files.list(root.resolve("run/state/components"))) {
      Files.writeString(files.findFirst().orElseThrow(), "something else");
    }
    assertThrows(IOException.class, () -> installer.install(List.of(component)));
    assertFalse(Files.exists(root.resolve("opt/kubelet")));
  }

  @Test
  void aDownloadNeedsAHash() {
    assertRefused("needs one", new Component("https://example.com/a", "", "/opt/a", false));
    assertEquals(List.of(), asked);
  }

  @Test
  void downloadsNothingThatMayNotBeInstalled() {
    Component component = served("kubelet", Bytes.ofUtf8("k"), "/etc/kubelet", false);
    assertRefused("no component goes", component);
    assertEquals(List.of(), asked);
  }

  @Test
  void installsNothingIfOneIsNotToBeHad() throws Exception {
    Component away = served("kubelet", Bytes.ofUtf8("k"), "/opt/kubelet", false);
    served.clear();
    var good = new Component(HELLO, HASH, "/opt/good", false);
    var failure = assertThrows(IOException.class, () -> installer.install(List.of(good, away)));
    assertTrue(failure.getMessage().contains("is away"), failure.getMessage());
    assertFalse(Files.exists(root.resolve("opt/good")));
    assertEquals(0, kept());
  }

  @Test
  void installsNothingOfAnArchiveWithABadName() {
    Bytes archive = new Tars().entry("good", '0', "g").entry("../bad", '0', "b").gzipped();
    assertRefused("climbs", served("cni.tgz", archive, "/opt", true));
    assertFalse(Files.exists(root.resolve("opt/good")));
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
