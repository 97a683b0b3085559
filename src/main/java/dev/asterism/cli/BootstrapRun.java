package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.bootstrap.Bootstrap;
import dev.asterism.bootstrap.BootstrapSettings;
import dev.asterism.bootstrap.FaultPoints;
import dev.asterism.bootstrap.NodeParts;
import dev.asterism.disk.StateDisk;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.FounderAdmission;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.kubernetes.local.RegisteringKubeadm;
import dev.asterism.kubernetes.standalone.StandaloneAdmissions;
import dev.asterism.kubernetes.standalone.StandaloneKubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Readiness;
import dev.asterism.node.Metadata;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Wires the bootstrap role and runs it. */
final class BootstrapRun {
  private static final int MONITORING_PORT = 9180;
  private static final int REBOOT = 10;
  private static final Duration STANDALONE_KUBEADM_PAUSE = Duration.ofSeconds(1);

  private final BootstrapCommand command;

  BootstrapRun(BootstrapCommand command) {
    this.command = command;
  }

  int run() throws Exception {
    if (!command.standalone && !command.standaloneKubernetes) {
      throw new MalformedException(
          "--standalone",
          "or --standalone-kubernetes is needed: this build has no other Kubernetes than stand-ins");
    }
    var metrics = new Metrics();
    var random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    ComponentPolicy components = components();
    PeerVerification joinServices = command.join.joinServices(command.evidence, clock);
    Metadata metadata = command.join.metadata();
    NodeMachine machine =
        command.standalone
            ? new StandaloneState(command, random, clock)
            : new BootedMachine(command);
    machine.prepare(metadata, joinServices);
    BootstrapSettings settings =
        BootstrapSettings.standard(joinServices)
            .withInitAddress(command.listen)
            .withKubeadmPause(STANDALONE_KUBEADM_PAUSE)
            .withComponents(components);
    if (command.join.joinInterval != null) {
      settings = settings.withJoinInterval(command.join.joinInterval);
    }
    var bootstrap =
        new Bootstrap(
            parts(machine, components, metadata, clock), settings, clock, random, FaultPoints.NONE);
    try (var _ =
        new MonitoringServer(
            command.role.monitoring(MONITORING_PORT), metrics, () -> readiness(bootstrap))) {
      return Stopping.run(
          () -> bootstrap.run() == Bootstrap.Outcome.REBOOTING ? REBOOT : ExitCode.SUCCESS,
          bootstrap::entering);
    }
  }

  private ComponentPolicy components() throws MalformedException {
    if (command.componentsPolicy == null) {
      return ComponentPolicy.STANDARD;
    }
    String option = "--components-policy";
    try {
      return ComponentPolicy.parse(Inputs.file(option, command.componentsPolicy));
    } catch (MalformedException e) {
      throw e.field().equals(option)
          ? e
          : new MalformedException(option, String.valueOf(e.getMessage()));
    }
  }

  private static Readiness readiness(Bootstrap bootstrap) {
    var status = bootstrap.status();
    String text = status.state().id() + (status.reason().isEmpty() ? "" : ": " + status.reason());
    return switch (status.state()) {
      case JOINED -> Readiness.yes();
      case STARTING, REFUSED, FAILED -> Readiness.no(text);
    };
  }

  private NodeParts parts(
      NodeMachine machine, ComponentPolicy components, Metadata metadata, InstantSource clock)
      throws IOException, MalformedException {
    StateDisk disk = machine.disk();
    return new NodeParts(
        machine.paths(),
        metadata,
        disk,
        command.evidence.register(),
        command.evidence.issuer(),
        machine.services(),
        kubeadm(disk, components, clock));
  }

  /** A founder enters itself among the machines, where its evidence tells it from others. */
  private Kubeadm kubeadm(StateDisk disk, ComponentPolicy components, InstantSource clock)
      throws MalformedException {
    Kubeadm kubeadm =
        registering(new StandaloneKubeadm(command.root, command.objects, components, clock));
    return command.evidence.hasIdentity()
        ? new FounderAdmission(
            kubeadm,
            StandaloneAdmissions.of(command.root, command.objects),
            () -> self(disk),
            clock)
        : kubeadm;
  }

  private Kubeadm registering(StandaloneKubeadm standalone) {
    return command.standaloneKubelet
        ? new RegisteringKubeadm(standalone, command.root)
        : standalone;
  }

  /** As a join-service would find this machine by its evidence. */
  private FounderAdmission.Machine self(StateDisk disk) throws IOException {
    try {
      EvidenceOptions.Self self = command.evidence.self();
      return new FounderAdmission.Machine(self.identity(), self.evidence(), disk.uuid());
    } catch (MalformedException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
