package dev.asterism.cli;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Platform;
import dev.asterism.bootstrap.DiskStatus;
import dev.asterism.bootstrap.JoinEndpoints;
import dev.asterism.bootstrap.JoinServices;
import dev.asterism.disk.RejoinSettings;
import dev.asterism.disk.Unlock;
import dev.asterism.node.Metadata;
import dev.asterism.node.Metadata.Instance;
import dev.asterism.node.Role;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Where a node finds its cluster, and whom of it to trust: to join, and to rejoin. */
final class JoinOptions {
  private static final System.Logger LOG = System.getLogger(JoinOptions.class.getName());
  @Mixin private InstanceOptions instance = new InstanceOptions();

  @Option(
      names = "--join-interval",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Between two rounds over the join endpoints, for example 30s (the default).")
  @Nullable Duration joinInterval;

  @Option(
      names = "--join-services",
      paramLabel = "FILE",
      description = {
        "How join-services must prove themselves: an attestation config that the image carries, or",
        "a list of them of which one must accept (default: they run what this node runs)."
      })
  private @Nullable Path joinServices;

  @Option(
      names = "--join-old-cluster",
      description = {
        "Take a ticket from whoever answers, as nodes of the old system do: for clusters whose",
        "join-services give no evidence. Whoever controls the network can then take the node."
      })
  private boolean joinOldCluster;

  @Option(
      names = "--recovery-listen",
      paramLabel = "HOST:PORT",
      defaultValue = ":9999",
      converter = Address.class,
      description = {
        "Where a control plane whose disk is locked waits for 'recover' (default:",
        "${DEFAULT-VALUE})."
      })
  private InetSocketAddress recovery = new InetSocketAddress(Unlock.RECOVERY_PORT);

  JoinOptions() {}

  /** What this node can learn of itself. */
  Metadata metadata(EvidenceOptions evidence) throws MalformedException {
    return instance.metadata(evidence.metadataUrl());
  }

  @Nullable PeerVerification joinServices(EvidenceOptions evidence, InstantSource clock)
      throws MalformedException, IssueException {
    if (joinOldCluster) {
      if (joinServices != null) {
        throw new MalformedException(
            "--join-old-cluster", "takes any join-service; it contradicts --join-services");
      }
      return null;
    }
    Platform platform = evidence.platform();
    if (joinServices != null) {
      return JoinServices.verification(
          JoinServices.ofImage(platform, Inputs.file("--join-services", joinServices)), clock);
    }
    LOG.log(
        Level.WARNING,
        "the image carries no --join-services: one that runs what this node runs is accepted,"
            + " whoever's attestation key vouches for it");
    return JoinServices.verification(
        JoinServices.likeThisNode(platform, evidence.measurements()), clock);
  }

  /** How this node gets its disk's key again; first waits for the host to say what it is. */
  Unlock unlock(
      Metadata source,
      EvidenceOptions evidence,
      @Nullable PeerVerification services,
      DiskStatus status,
      SecureRandom random)
      throws MalformedException, IOException, InterruptedException {
    Instance self = status.self(source);
    RejoinSettings settings = RejoinSettings.standard(services);
    return new Unlock(
        evidence.issuer(),
        joinInterval == null ? settings : settings.withLongestPause(joinInterval),
        () -> JoinEndpoints.others(source, self),
        self.role() == Role.CONTROL_PLANE ? recovery : null,
        random,
        status);
  }
}
