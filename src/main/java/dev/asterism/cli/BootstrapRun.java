package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Identifier;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.tpm.AttestationKey;
import dev.asterism.bootstrap.Bootstrap;
import dev.asterism.bootstrap.BootstrapSettings;
import dev.asterism.bootstrap.FaultPoints;
import dev.asterism.bootstrap.JoinServices;
import dev.asterism.bootstrap.NodeParts;
import dev.asterism.crypto.Digests;
import dev.asterism.disk.standalone.StandaloneDisk;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.FounderAdmission;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.local.RegisteringKubeadm;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Readiness;
import dev.asterism.node.Metadata;
import dev.asterism.node.NodePaths;
import dev.asterism.node.QemuMetadata;
import dev.asterism.node.StaticMetadata;
import dev.asterism.node.standalone.StandaloneServices;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Wires the bootstrap role and runs it. */
final class BootstrapRun {
  private static final System.Logger LOG = System.getLogger(BootstrapRun.class.getName());
  private static final int MONITORING_PORT = 9180;
  private static final int REBOOT = 10;
  private static final String STATIC = "static:";
  private static final String QEMU = "qemu:";
  private static final String QEMU_DEFAULT = "http://10.42.0.1:8080";
  private static final Duration STANDALONE_KUBEADM_PAUSE = Duration.ofSeconds(1);

  private final BootstrapCommand command;

  BootstrapRun(BootstrapCommand command) {
    this.command = command;
  }

  int run() throws Exception {
    if (!command.standalone) {
      throw new MalformedException(
          "--standalone",
          "is needed: this build has no other Kubernetes and state disk than the stand-ins");
    }
    var metrics = new Metrics();
    var random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    BootstrapSettings settings =
        BootstrapSettings.standard(joinServices(clock))
            .withInitAddress(command.listen)
            .withKubeadmPause(STANDALONE_KUBEADM_PAUSE);
    if (command.joinInterval != null) {
      settings = settings.withJoinInterval(command.joinInterval);
    }
    var bootstrap = new Bootstrap(parts(random, clock), settings, clock, random, FaultPoints.NONE);
    try (var _ =
        new MonitoringServer(
            command.role.monitoring(MONITORING_PORT), metrics, () -> readiness(bootstrap))) {
      return bootstrap.run() == Bootstrap.Outcome.REBOOTING ? REBOOT : ExitCode.SUCCESS;
    }
  }

  private @Nullable PeerVerification joinServices(InstantSource clock)
      throws MalformedException, IssueException {
    if (command.joinOldCluster) {
      if (command.joinServices != null) {
        throw new MalformedException(
            "--join-old-cluster", "takes any join-service; it contradicts --join-services");
      }
      return null;
    }
    Platform platform = command.evidence.platform();
    if (command.joinServices != null) {
      return JoinServices.verification(
          JoinServices.ofImage(platform, Inputs.file("--join-services", command.joinServices)),
          clock);
    }
    LOG.log(
        Level.WARNING,
        "the image carries no --join-services: one that runs what this node runs is accepted,"
            + " whoever's attestation key vouches for it");
    return JoinServices.verification(
        JoinServices.likeThisNode(platform, command.evidence.measurements()), clock);
  }

  private static Readiness readiness(Bootstrap bootstrap) {
    var status = bootstrap.status();
    String text = status.state().id() + (status.reason().isEmpty() ? "" : ": " + status.reason());
    return switch (status.state()) {
      case JOINED -> Readiness.yes();
      case STARTING, REFUSED, FAILED -> Readiness.no(text);
    };
  }

  private NodeParts parts(SecureRandom random, InstantSource clock)
      throws IOException, MalformedException {
    var paths = new NodePaths(command.root);
    var services =
        new StandaloneServices(
            paths,
            StandaloneServices.logFile(command.root.resolve("var/log/bootstrap.log")),
            clock);
    StandaloneDisk disk = disk(paths, services, random);
    return new NodeParts(
        paths,
        metadata(),
        disk,
        command.evidence.register(),
        command.evidence.issuer(),
        services,
        new FounderAdmission(
            kubeadm(new StandaloneKubeadm(command.root, command.objects, clock)),
            StandaloneAdmissions.of(command.root, command.objects),
            () -> self(disk),
            clock));
  }

  private Kubeadm kubeadm(StandaloneKubeadm standalone) {
    return command.standaloneKubelet
        ? new RegisteringKubeadm(standalone, command.root)
        : standalone;
  }

  /** As a join-service would find this machine by its evidence. */
  private FounderAdmission.Machine self(StandaloneDisk disk) throws IOException {
    try {
      AttestationKey key = command.evidence.attestationKey();
      String spki = Digests.SHA256.of(key.spki()).hex();
      return new FounderAdmission.Machine(
          AdmissionRecord.identityOfKey(spki),
          Map.of(Identifier.AK_KEY.id(), spki, Identifier.AK_NAME.id(), key.name().hex()),
          disk.uuid());
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Only a reboot formats a disk anew; a role that is started again finds what it left. */
  private static StandaloneDisk disk(
      NodePaths paths, StandaloneServices services, SecureRandom random) throws IOException {
    if (services.rebootRequested().isEmpty()) {
      return StandaloneDisk.open(paths.standaloneDisk(), paths.stateDiskKey(), random);
    }
    StandaloneDisk disk =
        StandaloneDisk.boot(
            paths.standaloneDisk(), paths.stateDiskKey(), paths.stateDiskContents(), random);
    services.rebooted();
    return disk;
  }

  private Metadata metadata() throws MalformedException {
    String source =
        command.metadata != null
            ? command.metadata
            : command.provider.equalsIgnoreCase("qemu") ? QEMU + QEMU_DEFAULT : "";
    if (source.startsWith(STATIC)) {
      return new StaticMetadata(Path.of(source.substring(STATIC.length())));
    }
    if (source.startsWith(QEMU)) {
      try {
        return new QemuMetadata(URI.create(source.substring(QEMU.length())));
      } catch (IllegalArgumentException e) {
        throw new MalformedException("--metadata", "has no URL after qemu:");
      }
    }
    throw new MalformedException(
        "--metadata", "is needed for this provider, and must be static:FILE or qemu:URL");
  }
}
