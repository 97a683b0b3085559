package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.Component;
import dev.asterism.wire.MalformedException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComponentRulesTest {
  private static final String HASH = "sha256:" + "0a".repeat(32);
  private static final String URL = "https://example.com/x";
  private static final String PATH = "/run/state/bin/kubelet";

  @Test
  void takesWhatClustersInstall() throws MalformedException {
    var components =
        List.of(
            new Component(URL, HASH, PATH, false),
            new Component(URL, HASH.replace("0a", "0A"), "/opt/cni/bin", true),
            new Component(
                "data:application/json;base64,e30=", "", "/opt/kubernetes/patches/x", false),
            new Component("data:,x", HASH, "/etc/systemd/system/kubelet.service", false));

    assertEquals(components, ComponentRules.check(components));
  }

  @ParameterizedTest
  @CsvSource({
    "http://example.com/x, HASH, PATH, url: is neither",
    "file:///etc/shadow, HASH, PATH, url: is neither",
    "'', HASH, PATH, url: is neither",
    "URL, '', PATH, hash: is missing",
    "URL, sha256:00, PATH, hash: is not",
    "URL, md5:00, PATH, hash: is not",
    "data:x, 00, PATH, hash: is not",
    "URL, HASH, '', install_path: is not an absolute path",
    "URL, HASH, run/state/bin, install_path: is not an absolute path",
    "URL, HASH, /opt/../etc/passwd, install_path: steps out",
    "URL, HASH, /opt/.., install_path: steps out",
    "URL, HASH, /run/state/constellation/node_state.json, install_path: leads to",
    "URL, HASH, /run/cryptsetup-keys.d/state.key, install_path: leads to",
    "URL, HASH, /etc/kubernetes/pki/ca.key, install_path: leads to",
    "URL, HASH, /proc/sys/kernel/core_pattern, install_path: leads to",
    "URL, HASH, /run/state, install_path: leads to",
    "URL, HASH, /, install_path: leads to",
  })
  void refusesWhatNobodyMayInstall(String url, String hash, String path, String complaint) {
    var bad =
        new Component(
            url.equals("URL") ? URL : url,
            hash.equals("HASH") ? HASH : hash,
            path.equals("PATH") ? PATH : path,
            true);
    var good = new Component(URL, HASH, PATH, false);

    var e = assertThrows(MalformedException.class, () -> ComponentRules.check(List.of(good, bad)));

    assertTrue(e.getMessage().startsWith("kubernetes_components[1]." + complaint), e.getMessage());
  }

  @Test
  void refusesAListWithoutEnd() {
    var many = Collections.nCopies(257, new Component(URL, HASH, PATH, false));

    assertThrows(MalformedException.class, () -> ComponentRules.check(many));
  }
}
