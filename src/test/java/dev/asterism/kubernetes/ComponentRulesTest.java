package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ComponentRulesTest {
  private static final String HASH = "sha256:" + "0a".repeat(32);
  private static final String OTHER_HASH = "sha256:" + "0b".repeat(32);
  private static final String URL = "https://example.com/x";
  private static final String PATH = "/run/state/bin/kubelet";
  private static final String HASH_OF_X = "sha256:" + Digests.SHA256.of(Bytes.ofUtf8("x")).hex();

  @TempDir private Path root;

  @Test
  void takesWhatClustersInstall() throws MalformedException {
    var components =
        List.of(
            new Component(URL, HASH, PATH, false),
            new Component(URL, HASH.replace("0a", "0A"), "/opt/cni/bin", true),
            new Component(URL, HASH, "/run/state/bin/", true),
            new Component(
                "data:application/json;base64,e30=", "", "/opt/kubernetes/patches/x", false),
            new Component("data:,x", HASH_OF_X, "/opt/kubernetes/components.sig", false));

    assertEquals(components, rules(ComponentPolicy.STANDARD).check(components));
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com/x, HASH, PATH, url: is neither",
    "file:///etc/shadow, HASH, PATH, url: is neither",
    "'', HASH, PATH, url: is neither",
    "URL, '', PATH, hash: is missing",
    "URL, sha256:00, PATH, hash: is not",
    "URL, md5:00, PATH, hash: is not",
    "'data:,x', 00, PATH, hash: is not sha256:<64",
    "'data:,x', HASH, PATH, hash: is not that of the content",
    "data:x, '', PATH, url: component url: is not a data: URL",
    "URL, HASH, '', install_path: is not an absolute path",
    "URL, HASH, run/state/bin, install_path: is not an absolute path",
  })
  void refusesWhatHasNotTheFormOfAComponent(
      String url, String hash, String path, String complaint) {
    assertRefused(
        complaint,
        new Component(
            url.equals("URL") ? URL : url,
            hash.equals("HASH") ? HASH : hash,
            path.equals("PATH") ? PATH : path,
            true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/run/state/bin/../kubelet/pki/x",
        "/run/state/bin/..",
        "/opt/cni/bin/../../../etc/passwd",
      })
  void refusesToClimb(String path) {
    assertRefused("install_path: climbs", new Component(URL, HASH, path, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/systemd/system/kubelet.service",
        "/usr/bin/kubelet",
        "/run/state/constellation/node_state.json",
        "/run/cryptsetup-keys.d/state.key",
        "/etc/kubernetes/pki/ca.key",
        "/proc/sys/kernel/core_pattern",
        "/run/state/binaries",
        "/run/state/bin",
        "/opt/kubernetes/components.sig/x",
        "/run/state",
        "/var/run/state/bin/kubelet",
      })
  void refusesAFileWhereThePolicyNamesNoPlaceForIt(String path) {
    assertRefused(
        "install_path: leads to where this image lets no component go",
        new Component(URL, HASH, path, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/opt/kubernetes/components.sig", "/opt/cni", "/run/state", "/etc"})
  void refusesAnArchiveWhereThePolicyNamesNoDirectoryForIt(String path) {
    assertRefused(
        "install_path: leads to where this image lets no component go",
        new Component(URL, HASH, path, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/run/state/bin/link/x", "/run/state/bin/file", "/opt/cni/bin/x", "/opt/cni/bin"})
  void refusesALinkThatLeadsToAnotherPlace(String path) throws Exception {
    Files.createDirectories(root.resolve("run/state/bin"));
    Files.createDirectories(root.resolve("opt"));
    Files.createSymbolicLink(root.resolve("run/state/bin/link"), Path.of("/etc"));
    Files.createSymbolicLink(root.resolve("run/state/bin/file"), Path.of("../../../etc/passwd"));
    Files.createSymbolicLink(root.resolve("opt/cni"), Path.of("../usr"));

    assertRefused(
        "install_path: leads, by a link on this node, to where",
        new Component(URL, HASH, path, path.endsWith("bin")));
  }

  @Test
  void followsALinkToAPlaceOfThePolicy() throws Exception {
    Files.createDirectories(root.resolve("var"));
    Files.createSymbolicLink(root.resolve("var/run"), Path.of("/run"));

    accept(
        ComponentPolicy.STANDARD,
        new Component(URL, HASH, "/var/run/state/bin/kubelet", false),
        new Component(URL, HASH, "/run//state/./bin/kubelet", false));
  }

  @Test
  void refusesAListWithoutEnd() {
    var many = Collections.nCopies(257, new Component(URL, HASH, PATH, false));

    assertThrows(MalformedException.class, () -> rules(ComponentPolicy.STANDARD).check(many));
  }

  @Test
  void takesOnlyPinnedBytesForAPinnedPath() throws MalformedException {
    ComponentPolicy policy = pinning("\"" + PATH + "\": [\"" + HASH + "\", \"" + HASH_OF_X + "\"]");

    accept(policy, new Component(URL, HASH, PATH, false));
    accept(policy, new Component("data:,x", "", PATH, false));
    assertRefused(
        policy, "hash: is none that this image pins", new Component(URL, OTHER_HASH, PATH, false));
    assertRefused(
        policy, "hash: is none that this image pins", new Component("data:,y", "", PATH, false));
  }

  @Test
  void aPathIsPinnedHoweverItIsSpelt() throws Exception {
    Files.createDirectories(root.resolve("var"));
    Files.createSymbolicLink(root.resolve("var/run"), Path.of("/run"));
    ComponentPolicy policy = pinning("\"" + PATH + "\": [\"" + HASH + "\"]");

    for (String spelling : List.of("/var/run/state/bin/kubelet", "/run/./state//bin/kubelet")) {
      assertRefused(
          policy,
          "hash: is none that this image pins",
          new Component(URL, OTHER_HASH, spelling, false));
    }
  }

  @Test
  void takesOnlyPinnedBytesFromAPinnedUrl() throws MalformedException {
    ComponentPolicy policy = pinning("\"" + URL + "\": [\"" + HASH + "\"]");

    accept(policy, new Component(URL, HASH, PATH, false));
    assertRefused(
        policy, "hash: is none that this image pins", new Component(URL, OTHER_HASH, PATH, false));
  }

  @Test
  void wherePathAndUrlArePinnedBothCount() throws MalformedException {
    ComponentPolicy policy =
        pinning("\"%s\": [\"%s\"], \"%s\": [\"%s\"]".formatted(URL, HASH, PATH, OTHER_HASH));

    for (String hash : List.of(HASH, OTHER_HASH)) {
      assertRefused(policy, "hash: is none that", new Component(URL, hash, PATH, false));
    }
  }

  @Test
  void wherePinsAreEverythingMustBePinned() throws MalformedException {
    ComponentPolicy policy = pinning("\"" + PATH + "\": [\"" + HASH + "\"]");

    assertRefused(
        policy, "hash: is not pinned", new Component(URL, HASH, "/run/state/bin/kubectl", false));
  }

  private static ComponentPolicy pinning(String hashes) throws MalformedException {
    return ComponentPolicy.parse(
        Bytes.ofUtf8("{\"paths\": [\"/run/state/bin/\"], \"hashes\": {" + hashes + "}}"));
  }

  private ComponentRules rules(ComponentPolicy policy) {
    return new ComponentRules(policy, root);
  }

  private void accept(ComponentPolicy policy, Component... components) throws MalformedException {
    assertEquals(List.of(components), rules(policy).check(List.of(components)));
  }

  private void assertRefused(String complaint, Component bad) {
    var good = new Component(URL, HASH, PATH, false);
    var e =
        assertThrows(
            MalformedException.class,
            () -> rules(ComponentPolicy.STANDARD).check(List.of(good, bad)));
    assertTrue(e.getMessage().startsWith("kubernetes_components[1]." + complaint), e.getMessage());
  }

  private void assertRefused(ComponentPolicy policy, String complaint, Component bad) {
    var e = assertThrows(MalformedException.class, () -> rules(policy).check(List.of(bad)));
    assertTrue(e.getMessage().startsWith("kubernetes_components[0]." + complaint), e.getMessage());
  }
}
