package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.bootstrap.Bootstrap;
import dev.asterism.bootstrap.BootstrapSettings;
import dev.asterism.bootstrap.FaultPoints;
import dev.asterism.bootstrap.NodeParts;
import dev.asterism.disk.StateDisk;
import dev.asterism.disk.luks.ProcessMemory;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.FounderAdmission;
import dev.asterism.kubernetes.Kubeadm;
import dev.asterism.metrics.Metrics;
import dev.asterism.metrics.MonitoringServer;
import dev.asterism.metrics.Readiness;
import dev.asterism.node.Metadata;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

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
    if (!command.standalone) {
      // The disk's passphrases, old and new, pass through here.
      ProcessMemory.protect();
    }
    var metrics = new Metrics();
    var random = new SecureRandom();
    InstantSource clock = InstantSource.system();
    ComponentPolicy components = components();
    PeerVerification joinServices = command.join.joinServices(command.evidence, clock);
    Metadata metadata = command.join.metadata(command.evidence);
    try (BootstrapParts parts = parts(metadata, joinServices, components, random, clock)) {
      var bootstrap =
          new Bootstrap(
              node(parts, metadata, clock),
              settings(joinServices, components),
              clock,
              random,
              FaultPoints.NONE);
      try (var _ =
          new MonitoringServer(
              command.role.monitoring(MONITORING_PORT), metrics, () -> readiness(bootstrap))) {
        return Stopping.run(
            () -> bootstrap.run() == Bootstrap.Outcome.REBOOTING ? REBOOT : ExitCode.SUCCESS,
            bootstrap::entering);
      }
    }
  }

  private BootstrapSettings settings(
      @Nullable PeerVerification joinServices, ComponentPolicy components) {
    BootstrapSettings settings =
        BootstrapSettings.standard(joinServices)
            .withInitAddress(command.listen)
            .withComponents(components);
    if (command.standalone || command.standaloneKubernetes) {
      settings = settings.withKubeadmPause(STANDALONE_KUBEADM_PAUSE);
    }
    return command.join.joinInterval == null
        ? settings
        : settings.withJoinInterval(command.join.joinInterval);
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

  private BootstrapParts parts(
      Metadata metadata,
      @Nullable PeerVerification joinServices,
      ComponentPolicy components,
      SecureRandom random,
      InstantSource clock)
      throws Exception {
    if (command.standalone) {
      var state = new StandaloneState(command, random, clock);
      state.prepare(metadata, joinServices);
      return StandaloneNode.of(command, state, components, clock);
    }
    return command.standaloneKubernetes
        ? StandaloneNode.of(command, new BootedMachine(command), components, clock)
        : new NodeImage(command, components, clock);
  }

  private NodeParts node(BootstrapParts parts, Metadata metadata, InstantSource clock)
      throws IOException, MalformedException {
    return new NodeParts(
        parts.paths(),
        metadata,
        parts.disk(),
        command.evidence.register(),
        command.evidence.issuer(),
        parts.services(),
        kubeadm(parts, clock));
  }

  /** A founder enters itself among the machines, where its evidence tells it from others. */
  private Kubeadm kubeadm(BootstrapParts parts, InstantSource clock) throws MalformedException {
    return command.evidence.hasIdentity()
        ? new FounderAdmission(parts.kubeadm(), parts.admissions(), () -> self(parts.disk()), clock)
        : parts.kubeadm();
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
