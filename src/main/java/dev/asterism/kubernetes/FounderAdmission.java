package dev.asterism.kubernetes;

import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/**
 * Puts the first control plane on record, as joining does for all others: nobody else gets its
 * name, its address or its disk's key. It proved itself to the admin, and is the cluster's only
 * member when it writes this.
 */
public final class FounderAdmission implements Kubeadm {
  private final Kubeadm kubeadm;
  private final AdmissionRecords records;
  private final Source self;
  private final InstantSource clock;

  /**
   * @param kubeadm does the work
   * @param self asked at init only
   */
  public FounderAdmission(
      Kubeadm kubeadm, AdmissionRecords records, Source self, InstantSource clock) {
    this.kubeadm = kubeadm;
    this.records = records;
    this.self = self;
    this.clock = clock;
  }

  /**
   * This machine, as a join-service would find it by its evidence.
   *
   * @param identity see {@link AdmissionRecord#identity}
   * @param disk the UUID of its state disk
   */
  public record Machine(String identity, Map<String, String> evidence, String disk) {
    public Machine {
      evidence = Map.copyOf(evidence);
    }
  }

  /** Says which machine this is. */
  @FunctionalInterface
  public interface Source {
    Machine machine() throws IOException;
  }

  @Override
  public void fetch(List<Component> components) throws IOException, MalformedException {
    kubeadm.fetch(components);
  }

  @Override
  public String init(InitPlan plan) throws IOException {
    String kubeconfig = kubeadm.init(plan);
    Machine machine = self.machine();
    Instant now = clock.instant();
    try {
      var founder =
          new Applicant(
              machine.identity(),
              machine.evidence(),
              NodeNames.normalize(plan.nodeName()),
              true,
              machine.disk(),
              addresses(plan.nodeIp()));
      var _ =
          records.<AdmissionRecord, AdmissionException>change(
              all -> AdmissionRules.admit(all, founder, now));
    } catch (AdmissionException | MalformedException e) {
      throw new IOException("this node cannot be put on record: " + e.getMessage(), e);
    }
    return kubeconfig;
  }

  private static List<String> addresses(String ip) {
    try {
      InetAddress address = InetAddress.ofLiteral(ip);
      return address.isLoopbackAddress() ? List.of() : List.of(address.getHostAddress());
    } catch (IllegalArgumentException e) {
      return List.of();
    }
  }

  @Override
  public void join(JoinPlan plan) throws IOException {
    kubeadm.join(plan);
  }
}
