package dev.asterism.joinservice;

import dev.asterism.attestation.Versioned;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.metrics.Metrics;
import dev.asterism.testing.FakePlatform;
import dev.asterism.testing.JoinServiceNode;
import dev.asterism.testing.kubernetes.TestCluster;
import dev.asterism.testing.kubernetes.TestControlPlane;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;

/** A join-service whose cluster is a real one; only the nodes' evidence is made up. */
final class KubernetesFixture implements AutoCloseable {
  private final TestCluster cluster;
  private final AuditLog audit;
  private final JoinServiceRole role;

  KubernetesFixture(TestControlPlane plane, Path auditLog) throws Exception {
    InstantSource clock = InstantSource.system();
    String text =
        "{\"measurements\": {\"4\": \"%s\"}}".formatted(JoinServiceFixture.GOOD_BOOT.hex());
    JoinConfig config =
        JoinConfig.parse(new FakePlatform(), Bytes.ofUtf8(text), JoinServiceFixture.SALT);
    cluster = new TestCluster(plane, plane.adminAccess());
    audit = new AuditLog(auditLog, clock);
    role =
        JoinServiceRole.start(
            () -> new Versioned<>(config, 1),
            cluster.cluster,
            JoinServiceFixture.KEYS,
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            null,
            clock,
            JoinServiceFixture.FREE,
            FaultPoints.NONE);
  }

  TestCluster cluster() {
    return cluster;
  }

  /** A machine of its own, which boots as it should. */
  JoinServiceNode node(String name) {
    return new JoinServiceNode(role.port(), name, JoinServiceFixture.evidence(name));
  }

  @Override
  public void close() throws IOException {
    role.close();
    audit.close();
    cluster.close();
  }
}
