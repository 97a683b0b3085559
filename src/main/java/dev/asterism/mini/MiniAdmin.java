package dev.asterism.mini;

import dev.asterism.admin.ClusterState;
import dev.asterism.admin.Endpoint;
import dev.asterism.admin.InitCluster;
import dev.asterism.admin.InitPlan;
import dev.asterism.admin.NodeException;
import dev.asterism.admin.NodeRefusedException;
import dev.asterism.admin.VerifyNode;
import dev.asterism.admin.Workspace;
import dev.asterism.attestation.Platform;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.MasterSecret;
import dev.asterism.mini.MiniPlan.NodePlan;
import dev.asterism.mini.MiniPlan.Ports;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a cluster's admin does, done by the same code. */
final class MiniAdmin {
  private static final String KUBERNETES_VERSION = "v1.34.0";
  private static final Duration VERIFY_TIMEOUT = Duration.ofSeconds(30);
  private static final int CONFIG_LIMIT = 1024 * 1024;

  private final MiniDir dir;
  private final MiniPlan plan;
  private final Platform platform;
  private final InstantSource clock;
  private final SecureRandom random;
  private @Nullable ClusterState state;

  MiniAdmin(
      MiniDir dir, MiniPlan plan, Platform platform, InstantSource clock, SecureRandom random) {
    this.dir = dir;
    this.plan = plan;
    this.platform = platform;
    this.clock = clock;
    this.random = random;
  }

  /** Bootstraps the first node over aTLS; returns the cluster id. */
  Bytes init(Deadline deadline, Consumer<String> said) throws IOException {
    try (Secret initSecret = Secret.copyOf(AtomicFile.read(dir.initSecret(), 1024))) {
      var init =
          new InitPlan(
              Endpoint.parse("node", plan.first().address(Ports.BOOTSTRAP), 0),
              platform.policy(config()),
              initSecret,
              "mini",
              KUBERNETES_VERSION,
              List.of(),
              List.of(),
              "",
              false,
              deadline.left(),
              Duration.ofMillis(200));
      ClusterState made =
          new InitCluster(random, clock, said).run(init, new Workspace(dir.admin()));
      state = made;
      Bytes clusterId = made.clusterId();
      if (clusterId == null) {
        throw new IOException(plan.first().name() + " answered without a cluster id");
      }
      return clusterId;
    } catch (MalformedException | NodeException | NodeRefusedException e) {
      throw new IOException(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  /** Writes what Kubernetes mounts into the services of every control plane. */
  void configureServices() throws IOException {
    ClusterState made = state;
    if (made == null) {
      throw new IllegalStateException("not initialized");
    }
    new ServiceCertificates(clock.instant()).issue(dir.certificates());
    AtomicFile.write(dir.joinConfig(), Json.pretty(config()), AtomicFile.PUBLIC);
    Path config = dir.config();
    AtomicFile.write(config.resolve("measurementSalt"), made.measurementSalt(), AtomicFile.PUBLIC);
    try {
      MasterSecret master = MasterSecret.fromJson(dir.masterSecret());
      Provisioning.writeSecret(config.resolve("mastersecret"), master.key());
      AtomicFile.write(config.resolve("salt"), master.salt(), AtomicFile.PRIVATE);
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Asks the node's verify-service for evidence and judges it; returns the verdict in a line. */
  String verify(NodePlan node, Bytes clusterId) throws IOException {
    try {
      var question =
          new VerifyNode.Question(
              Endpoint.parse("node", node.address(Ports.VERIFY), 0),
              platform,
              config(),
              clusterId,
              null,
              VERIFY_TIMEOUT);
      VerifyNode.Answer answer = new VerifyNode(random, clock).ask(question);
      return answer.appraisal().accepted()
          ? "accepted, " + answer.appraisal().checks().size() + " checks"
          : answer.appraisal().verdict().id() + ": " + answer.appraisal().reason();
    } catch (MalformedException | NodeException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  private ObjectNode config() throws IOException {
    try {
      return Json.object(
          "attestation config", AtomicFile.read(dir.attestationConfig(), CONFIG_LIMIT));
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
