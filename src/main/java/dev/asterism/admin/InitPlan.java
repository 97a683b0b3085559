package dev.asterism.admin;

import dev.asterism.attestation.Policy;
import dev.asterism.crypto.Secret;
import dev.asterism.kubernetes.Component;
import java.time.Duration;
import java.util.List;

/**
 * What the first node is asked to become.
 *
 * @param policy what the node must prove; that it belongs to no cluster yet is added
 * @param initSecret proves to the node that we may initialise it; not closed here
 * @param kubernetesVersion {@code v1.2.3}
 * @param components what every node installs, in this order
 * @param certSans further names and addresses of the API server
 * @param serviceCidr empty: the node's default
 * @param conformance leave out what would fail the Kubernetes conformance suite
 * @param timeout for everything, waiting for the node to come up included
 * @param pause between two attempts
 */
public record InitPlan(
    Endpoint endpoint,
    Policy policy,
    Secret initSecret,
    String clusterName,
    String kubernetesVersion,
    List<Component> components,
    List<String> certSans,
    String serviceCidr,
    boolean conformance,
    Duration timeout,
    Duration pause) {

  public InitPlan {
    components = List.copyOf(components);
    certSans = List.copyOf(certSans);
  }
}
