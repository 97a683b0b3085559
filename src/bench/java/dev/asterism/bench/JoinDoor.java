package dev.asterism.bench;

import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.audit.AuditLog;
import dev.asterism.config.JoinConfig;
import dev.asterism.crypto.Secret;
import dev.asterism.joinservice.FaultPoints;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.kubernetes.Kubeadm.InitPlan;
import dev.asterism.kubernetes.standalone.StandaloneCluster;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.PeerLimits.Rate;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The real join-service over a standalone cluster with its audit log on the disk; keys are derived
 * in this process.
 */
final class JoinDoor implements AutoCloseable {
  static final PeerLimits NO_LIMITS =
      new PeerLimits(new Rate(1e6, 1_000_000), new Rate(1e6, 1_000_000), 10_000, 10_000);

  private final AuditLog audit;
  private final JoinServiceRole role;

  /**
   * @param folder for the control plane's files and the audit log
   * @param objects for the cluster's objects, which elsewhere an API server keeps
   * @param nodes how it judges them
   * @param connections {@link #NO_LIMITS} for storms, as all clients have one address
   * @param evidence by which it proves to nodes what it is; null where it does not
   */
  JoinDoor(
      Path folder,
      Path objects,
      JoinConfig nodes,
      PeerLimits connections,
      @Nullable Issuer evidence)
      throws Exception {
    InstantSource clock = InstantSource.system();
    var random = new SecureRandom();
    Path node = Files.createDirectory(folder.resolve("control-plane"));
    new StandaloneKubeadm(node, objects, clock)
        .init(
            new InitPlan(
                "bench",
                "v1.34.0",
                "control-plane",
                "10.0.0.1",
                "10.0.0.1:6443",
                List.of(),
                "10.96.0.0/12",
                false,
                List.of()));
    audit = new AuditLog(folder.resolve("audit.jsonl"), clock);
    role =
        JoinServiceRole.start(
            () -> new Versioned<>(nodes, 1),
            new StandaloneCluster(node, objects, clock, random),
            new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32)),
            audit,
            new Metrics(),
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            evidence,
            clock,
            connections,
            FaultPoints.NONE);
  }

  /** What a join-service reads of an attestation config. */
  static JoinConfig config(Bytes json) throws MalformedException {
    return JoinConfig.parse(new QemuVtpm(), json, Bytes.zeros(32));
  }

  int port() {
    return role.port();
  }

  @Override
  public void close() throws IOException {
    role.close();
    audit.close();
  }
}
