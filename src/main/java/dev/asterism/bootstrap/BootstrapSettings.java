package dev.asterism.bootstrap;

import dev.asterism.atls.PeerVerification;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.ComponentRules;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node bootstraps.
 *
 * @param initAddress where a control plane serves init
 * @param joinInterval between two rounds over the join endpoints, give or take a fifth
 * @param joinDeadline of one attempt, both sides' evidence included
 * @param kubeadmTries for a join
 * @param kubeadmPause between two of them
 * @param joinServices how join-services must prove themselves; null: they need not, as in clusters
 *     whose join-service does not attest. Then whoever answers at a join endpoint can make this
 *     node a member of a cluster of his: he learns nothing of ours, but what runs here later is
 *     his.
 * @param components what the image lets a ticket, or an admin, have this node install
 */
public record BootstrapSettings(
    InetSocketAddress initAddress,
    Duration joinInterval,
    Duration joinDeadline,
    int kubeadmTries,
    Duration kubeadmPause,
    @Nullable PeerVerification joinServices,
    ComponentPolicy components) {

  private static final int INIT_PORT = 9000;

  /**
   * As nodes in the field do it: port 9000, every 30 seconds, three tries.
   *
   * @param joinServices as above; whoever passes null says so aloud
   */
  public static BootstrapSettings standard(@Nullable PeerVerification joinServices) {
    return new BootstrapSettings(
        new InetSocketAddress(INIT_PORT),
        Duration.ofSeconds(30),
        Duration.ofSeconds(90),
        3,
        Duration.ofSeconds(10),
        joinServices,
        ComponentPolicy.STANDARD);
  }

  public BootstrapSettings withInitAddress(InetSocketAddress address) {
    return new BootstrapSettings(
        address, joinInterval, joinDeadline, kubeadmTries, kubeadmPause, joinServices, components);
  }

  public BootstrapSettings withJoinInterval(Duration interval) {
    return new BootstrapSettings(
        initAddress, interval, joinDeadline, kubeadmTries, kubeadmPause, joinServices, components);
  }

  public BootstrapSettings withKubeadmPause(Duration pause) {
    return new BootstrapSettings(
        initAddress, joinInterval, joinDeadline, kubeadmTries, pause, joinServices, components);
  }

  public BootstrapSettings withComponents(ComponentPolicy policy) {
    return new BootstrapSettings(
        initAddress, joinInterval, joinDeadline, kubeadmTries, kubeadmPause, joinServices, policy);
  }

  ComponentRules rules(NodeParts node) {
    return new ComponentRules(components, node.paths().root());
  }

  public BootstrapSettings withJoinServices(PeerVerification verification) {
    return new BootstrapSettings(
        initAddress,
        joinInterval,
        joinDeadline,
        kubeadmTries,
        kubeadmPause,
        verification,
        components);
  }
}
