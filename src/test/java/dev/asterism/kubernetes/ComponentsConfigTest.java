package dev.asterism.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.crypto.Digests;
import dev.asterism.kubernetes.ClusterAccess.Components;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class ComponentsConfigTest {
  private static final Component KUBELET =
      new Component("https://example.com/kubelet", "sha256:aa", "/run/state/bin/kubelet", false);
  private static final Component CNI = new Component("data:,x", "sha256:bb", "/opt/cni/bin", true);

  @Test
  void namesTheConfigMapByTheHashOverAllHashes() {
    assertEquals(
        "k8s-components-sha256-" + Digests.SHA256.of(Bytes.ofUtf8("sha256:aasha256:bb")).hex(),
        ComponentsConfig.reference(List.of(KUBELET, CNI)));
    assertNotEquals(
        ComponentsConfig.reference(List.of(KUBELET, CNI)),
        ComponentsConfig.reference(List.of(CNI, KUBELET)));
  }

  @Test
  void writesTheConfigMapOfTheContract() throws Exception {
    ObjectNode map =
        ComponentsConfig.toConfigMap(new Components("name", "v1.30.1", List.of(KUBELET, CNI)));
    assertEquals("true", map.get("immutable").toString());
    assertEquals("name", Json.string(Json.child(map, "metadata"), "name"));
    ObjectNode data = Json.child(map, "data");
    assertEquals("v1.30.1", Json.string(data, "cluster-version"));
    assertEquals(
        "[{\"url\":\"https://example.com/kubelet\",\"hash\":\"sha256:aa\","
            + "\"install_path\":\"/run/state/bin/kubelet\"},"
            + "{\"url\":\"data:,x\",\"hash\":\"sha256:bb\",\"install_path\":\"/opt/cni/bin\","
            + "\"extract\":true}]",
        Json.string(data, "components"));
  }

  @Test
  void leavesEmptyValuesOut() {
    assertEquals(
        "[{\"url\":\"data:,x\"}]",
        ComponentsConfig.toJson(List.of(new Component("data:,x", "", "", false))).toString());
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    var components = new Components("name", "v1.30.1", List.of(KUBELET, CNI));
    assertEquals(
        components, ComponentsConfig.fromConfigMap(ComponentsConfig.toConfigMap(components)));
  }

  @Test
  void readsTheLegacyMemberNames() throws Exception {
    assertEquals(
        List.of(new Component("u", "h", "/p", true)),
        parse("[{\"URL\":\"u\",\"Hash\":\"h\",\"InstallPath\":\"/p\",\"Extract\":true}]"));
  }

  @Test
  void readsAbsentMembersAsEmpty() throws Exception {
    assertEquals(List.of(new Component("", "", "", false)), parse("[{}]"));
  }

  @Test
  void refusesWhatIsNoListOfComponents() {
    for (String bad : List.of("{}", "[1]", "[{\"url\":1}]", "[{\"extract\":\"yes\"}]", "[", "")) {
      assertThrows(MalformedException.class, () -> parse(bad), bad);
    }
  }

  @Test
  void refusesMoreComponentsThanAnyClusterHas() {
    String many = Collections.nCopies(257, "{}").toString();
    assertThrows(MalformedException.class, () -> parse(many));
  }

  private static List<Component> parse(String json) throws MalformedException {
    return ComponentsConfig.parse(Json.value("components", Bytes.ofUtf8(json)));
  }
}
