package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComponentPolicyTest {
  private static final String HASH = "sha256:" + "0a".repeat(32);

  @Test
  void readsPathsHashesAndKeys() throws MalformedException {
    ComponentPolicy policy =
        parse(
            """
            {"paths": ["/opt/bin/", "/opt/x"],
             "hashes": {"/opt/bin/y": ["%s"], "/opt/bin": ["%1$s"], "https://e/z": ["%1$s"]},
             "signingKeys": ["-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\\n-----END PUBLIC KEY-----"]}
            """
                .formatted(HASH));

    assertEquals(3, policy.places().size());
    assertEquals(3, policy.pins().size());
    assertEquals(1, policy.signers().size());
  }

  @Test
  void aPathIsThisFileAndADirectoryAllBelowIt() throws MalformedException {
    ComponentPolicy policy = parse("{\"paths\": [\"/opt/bin/\", \"/opt/x\"]}");

    assertTrue(policy.permits(Path.of("/opt/bin/a"), false));
    assertTrue(policy.permits(Path.of("/opt/bin/a/b"), false));
    assertTrue(policy.permits(Path.of("/opt/bin"), true));
    assertTrue(policy.permits(Path.of("/opt/x"), false));
    assertFalse(policy.permits(Path.of("/opt/bin"), false));
    assertFalse(policy.permits(Path.of("/opt/binary"), false));
    assertFalse(policy.permits(Path.of("/opt/x/y"), false));
    assertFalse(policy.permits(Path.of("/opt/x"), true));
    assertFalse(policy.permits(Path.of("/opt"), true));
    // The standard ones do not count beside the image's own.
    assertFalse(policy.permits(Path.of("/run/state/bin/kubelet"), false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | paths: is not a list",
        "[] | components policy: is not a JSON object",
        "{\"paths\": []} | paths: is not a list of 1",
        "{\"paths\": [1]} | paths: holds something that is no string",
        "{\"paths\": \"/opt/\"} | paths: is not a list",
        "{\"paths\": [\"/opt/\"], \"hash\": {}} | components policy: has a member that is not",
        "{\"paths\": [\"/\"]} | paths[0]: is not an absolute path",
        "{\"paths\": [\"//\"]} | paths[0]: names no file",
        "{\"paths\": [\"opt/\"]} | paths[0]: is not an absolute path",
        "{\"paths\": [\"/opt\", \"/a/../b\"]} | paths[1]: climbs",
        "{\"paths\": [\"/a/./b\"]} | paths[0]: is not written in the shortest way",
        "{\"paths\": [\"/a//\"]} | paths[0]: is not written in the shortest way",
        "{\"paths\": [\"/proc/sys/\"]} | paths[0]: leads to /proc",
        "{\"paths\": [\"/etc/kubernetes/pki/ca.key\"]} | paths[0]: leads to /etc/kubernetes/pki",
        "{\"paths\": [\"/etc/\"]} | paths[0]: leads to /etc/kubernetes/pki",
        "{\"paths\": [\"/run/state/\"]} | paths[0]: leads to /run/state",
        "{\"paths\": [\"/opt/\"], \"hashes\": {}} | hashes: is not an object with 1",
        "{\"paths\": [\"/opt/\"], \"hashes\": []} | hashes: is not an object with 1",
        "{\"paths\": [\"/opt/\"], \"hashes\": null} | hashes: is not an object with 1",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"/a\": [\"HASH\"]}} | hashes[0]: pins a path where",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"/opt/\": [\"HASH\"]}} | hashes[0]: is not written",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"http://x\": [\"HASH\"]}} | hashes[0]: is not an abs",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"/opt/x\": []}} | hashes[0]: is not a list of 1",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"/opt/x\": [\"0a\"]}} | hashes[0]: is not sha256",
        "{\"paths\": [\"/opt/\"], \"hashes\": {\"/opt/x\": [\"HASH0\"]}} | hashes[0]: is not sha",
        "{\"paths\": [\"/opt/\"], \"signingKeys\": []} | signingKeys: is not a list of 1",
        "{\"paths\": [\"/opt/\"], \"signingKeys\": [\"x\"]} | signingKeys[0]: holds no PEM",
      })
  void refusesAnyOtherFormAndNamesThePlace(String json, String complaint) {
    var e = assertThrows(MalformedException.class, () -> parse(json.replace("HASH", HASH)));

    assertTrue(e.getMessage().startsWith(complaint), e.getMessage());
  }

  @Test
  void refusesAListWithoutEnd() {
    String paths =
        IntStream.range(0, 1025)
            .mapToObj(i -> "\"/opt/" + i + "\"")
            .collect(Collectors.joining(","));

    assertThrows(MalformedException.class, () -> parse("{\"paths\": [" + paths + "]}"));
  }

  private static ComponentPolicy parse(String json) throws MalformedException {
    return ComponentPolicy.parse(Bytes.ofUtf8(json));
  }
}
