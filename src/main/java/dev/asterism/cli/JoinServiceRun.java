package dev.asterism.cli;

import dev.asterism.admin.Endpoint;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Platform;
import dev.asterism.audit.AuditLog;
import dev.asterism.cli.TlsInputs.Flag;
import dev.asterism.config.JoinConfig;
import dev.asterism.config.Reloading;
import dev.asterism.config.TlsFiles;
import dev.asterism.crypto.FastCrypto;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.joinservice.ConfigRecords;
import dev.asterism.joinservice.JoinServiceRole;
import dev.asterism.joinservice.KeyServiceClient;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Readiness;
import dev.asterism.rpc.Channels;
import dev.asterism.wire.MalformedException;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Wires the join-service and serves. */
final class JoinServiceRun {
  private static final System.Logger LOG = System.getLogger(JoinServiceRun.class.getName());
  private static final int MONITORING_PORT = 9182;
  private static final int KEY_SERVICE_PORT = 9000;

  /** A derivation takes microseconds; a key-service behind a slow KMS a second or two. */
  private static final Duration KEY_DEADLINE = Duration.ofSeconds(10);

  private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(1);

  private final JoinServiceCommand command;

  JoinServiceRun(JoinServiceCommand command) {
    this.command = command;
  }

  int run() throws Exception {
    if (command.standalone && command.kubeconfig != null) {
      throw new MalformedException("--kubeconfig", "contradicts --standalone");
    }
    Optional<TlsFiles> files =
        new TlsInputs(
                new Flag("--key-service-cert", command.keyServiceCert),
                new Flag("--key-service-key", command.keyServiceKey),
                new Flag("--key-service-ca", command.keyServiceCa),
                "--key-service-plain",
                command.keyServicePlain)
            .files();
    Endpoint where = Endpoint.parse("--key-service-endpoint", command.keyService, KEY_SERVICE_PORT);
    String endpoint = where.toString();
    if (files.isEmpty()) {
      LOG.log(
          Level.WARNING, "join-service: keys come by plain gRPC: whoever is on the way sees all");
      return serve(endpoint, Channels.openRepeatable(endpoint, null));
    }
    InstantSource clock = InstantSource.system();
    try (var identity = TlsInputs.watch(files.get(), TlsIdentity.Purpose.CLIENT, clock)) {
      return serve(
          endpoint,
          Channels.openRepeatable(
              endpoint, TlsInputs.mutualTls(identity, clock).client(where.host())));
    }
  }

  /** Shuts the channel down in the end. */
  private int serve(String endpoint, ManagedChannel keyService) throws Exception {
    // Each node's signatures are checked here, by the thousand; the other roles sign now and then.
    FastCrypto.install();
    Platform platform = command.evidence.platform();
    Issuer issuer = command.evidence.issuerIfAny();
    InstantSource clock = InstantSource.system();
    var metrics = new Metrics();
    var stopping = new AtomicBoolean();
    try (AuditLog audit = command.audit.open("join-service", clock);
        Reloading<JoinConfig> config = config(platform, audit);
        JoinServiceCluster cluster = JoinServiceCluster.of(command, audit, clock);
        var _ =
            new MonitoringServer(
                command.role.monitoring(MONITORING_PORT),
                metrics,
                () -> readiness(stopping, keyService, cluster))) {
      JoinServiceRole role =
          JoinServiceRole.start(
              config,
              cluster.access(),
              new KeyServiceClient(keyService, endpoint, KEY_DEADLINE),
              audit,
              metrics,
              command.listen,
              issuer,
              clock);
      return RoleOptions.serve(
          () -> {
            stopping.set(true);
            role.close();
          },
          audit);
    } finally {
      keyService.shutdownNow();
    }
  }

  private Reloading<JoinConfig> config(Platform platform, AuditLog audit)
      throws MalformedException {
    try {
      return JoinConfig.watch(command.config, platform, new ConfigRecords(audit), RELOAD_INTERVAL);
    } catch (IOException e) {
      throw new MalformedException("--config", Failures.oneLine(e));
    }
  }

  /** A key-service that is away delays joins; it is asked again by every join. */
  private static Readiness readiness(
      AtomicBoolean stopping, ManagedChannel keyService, JoinServiceCluster cluster) {
    if (stopping.get()) {
      return Readiness.no("stopping");
    }
    if (!cluster.ready()) {
      return Readiness.no("the API server does not answer");
    }
    return keyService.getState(true) == ConnectivityState.TRANSIENT_FAILURE
        ? Readiness.no("the key-service does not answer")
        : Readiness.yes();
  }
}
