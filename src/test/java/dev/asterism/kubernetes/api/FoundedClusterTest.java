package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.Component;
import dev.asterism.kubernetes.ComponentsConfig;
import dev.asterism.kubernetes.FounderAdmission;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.testing.FakeKubeadm;
import dev.asterism.testing.kubernetes.TestControlPlane;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What a founder leaves at a real API server, of each version that is supported. */
@Tag("kube")
@Timeout(300)
@ParameterizedClass(name = "Kubernetes {0}")
@MethodSource("versions")
class FoundedClusterTest {
  @Parameter String version;

  static List<String> versions() {
    return TestControlPlane.versions();
  }

  @Test
  void aFounderLeavesWhatLaterJoinsLookFor() throws Exception {
    TestControlPlane plane = TestControlPlane.of(version);
    plane.awaitApiServer();
    String name = "founder-" + UUID.randomUUID();
    String identity = AdmissionRecord.identityOfKey("%064x".formatted(System.nanoTime()));
    var components =
        List.of(new Component("data:,x", "sha256:" + "0b".repeat(32), "/run/state/bin/x", false));
    var plan =
        new InitPlan(
            "c", "v1.37.2", name, "10.9.9.9", plane.endpoint(), List.of(), "", false, components);
    try (var admin = plane.admin()) {
      Objects.forgetAdmissions(admin);
      var founding =
          new FounderAdmission(
              new FoundedCluster(new FakeKubeadm(), admin),
              new ApiAdmissions(admin),
              () -> new FounderAdmission.Machine(identity, Map.of(), UUID.randomUUID().toString()),
              InstantSource.system());

      assertEquals(FakeKubeadm.KUBECONFIG, founding.init(plan));

      String reference = ComponentsConfig.reference(components);
      var map = admin.get(Resource.CONFIG_MAPS, reference).orElseThrow();
      assertTrue(map.path("immutable").asBoolean());
      assertEquals(components, ComponentsConfig.fromConfigMap(map).list());
      assertTrue(admin.get(Resource.CONFIG_MAPS, "internal-config").isPresent());
      assertEquals(
          reference,
          admin
              .get(Resource.NODES, name)
              .orElseThrow()
              .path("metadata")
              .path("annotations")
              .path("constellation.edgeless.systems/kubernetes-components")
              .asString());
      var record = new ApiAdmissions(admin).all().getFirst();
      assertEquals(identity, record.identity());
      assertEquals(name, record.node());
    }
  }
}
