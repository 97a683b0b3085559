package dev.asterism.joinservice;

import dev.asterism.attestation.Claims;
import dev.asterism.config.AdmissionPolicy;
import dev.asterism.config.AdmissionPolicy.ControlPlanes;
import dev.asterism.config.AdmissionPolicy.Profile;
import dev.asterism.joinservice.Approvals.Approval;
import dev.asterism.kubernetes.AdmissionException;
import dev.asterism.kubernetes.AdmissionException.Rule;
import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecord.State;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.AdmissionRules;
import dev.asterism.kubernetes.Applicant;
import dev.asterism.kubernetes.ClusterAccess;
import dev.asterism.kubernetes.IpRange;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * Decides what an accepted machine may be in this cluster, and puts it on record before it gets
 * anything. Every decision may be repeated: a machine that asks again for what it is, is told the
 * same.
 */
final class Admission {
  private final ClusterAccess cluster;
  private final InstantSource clock;

  Admission(ClusterAccess cluster, InstantSource clock) {
    this.cluster = cluster;
    this.clock = clock;
  }

  /**
   * A machine wants to become a node.
   *
   * @param record learns who it is, and what stands in its way
   * @return which of its tickets it is given
   * @throws CallException if it may not, or not yet
   * @throws MalformedException if it asks for names or addresses that are not its own
   */
  TicketNumber admit(Approval approval, TicketRequest request, ObjectNode record)
      throws CallException, MalformedException {
    AdmissionPolicy policy = approval.config().admission();
    Claims claims = approval.peer().claims();
    ObjectNode admission = record.putObject("admission");
    Denials.check(policy.deny(), claims);
    Denials.checkDisk(policy.deny(), request.diskKeyId());
    Denials.checkName(policy.deny(), request.nodeName());
    if (policy.profile() == Profile.COMPATIBLE) {
      listedWhereItMust(policy, request);
      unbound(policy, claims, request.diskKeyId(), admission);
      return TicketNumber.unrecorded(clock.instant());
    }
    var applicant =
        new Applicant(
            identity(claims, admission),
            NodeIdentity.evidence(claims),
            request.nodeName(),
            request.controlPlane(),
            request.diskKeyId(),
            OwnNames.claimed(request));
    AdmissionRecord admitted =
        asked(
            admission,
            () -> {
              List<IpRange> services = IpRange.parse("serviceSubnet", cluster.serviceCidr());
              List<String> apiServer = apiServer(request.controlPlane());
              return cluster
                  .admissions()
                  .<AdmissionRecord, Exception>change(
                      all -> decide(policy, applicant, request, all, services, apiServer));
            });
    admission.put("state", admitted.state().id());
    if (admitted.state() == State.PENDING) {
      throw new CallException(
          Status.Code.UNAVAILABLE,
          "waits for approval: asterism admission approve " + admitted.node());
    }
    return admitted.ticket();
  }

  /** A node that was rebooted wants the key of its disk. */
  void readmit(Approval approval, String disk, ObjectNode record) throws CallException {
    AdmissionPolicy policy = approval.config().admission();
    Claims claims = approval.peer().claims();
    ObjectNode admission = record.putObject("admission");
    Denials.check(policy.deny(), claims);
    Denials.checkDisk(policy.deny(), disk);
    if (policy.profile() == Profile.COMPATIBLE) {
      unbound(policy, claims, disk, admission);
      return;
    }
    String identity = identity(claims, admission);
    Instant now = clock.instant();
    AdmissionRecord admitted;
    try {
      admitted =
          asked(
              admission,
              () ->
                  cluster
                      .admissions()
                      .<AdmissionRecord, Exception>change(all ->
                          AdmissionRules.rejoin(
                              all, identity, NodeIdentity.evidence(claims), disk, now)));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
    record.put("node", admitted.node());
    admission.put("state", admitted.state().id());
    Denials.checkName(policy.deny(), admitted.node());
  }

  private Change<AdmissionRecord> decide(
      AdmissionPolicy policy,
      Applicant applicant,
      TicketRequest request,
      List<AdmissionRecord> all,
      List<IpRange> services,
      List<String> apiServer)
      throws AdmissionException, IOException, MalformedException, CallException {
    Optional<AdmissionRecord> own =
        all.stream()
            .filter(r -> r.identity().equals(applicant.identity()))
            .filter(r -> r.state() == State.ADMITTED)
            .findAny();
    Instant now = clock.instant();
    if (own.isEmpty()) {
      newcomer(policy, applicant, request, all);
    }
    OwnNames.check(
        request, own.map(AdmissionRecord::addresses).orElse(List.of()), services, apiServer);
    boolean waits =
        applicant.controlPlane() && policy.controlPlanes() instanceof ControlPlanes.ByApproval;
    return waits
        ? AdmissionRules.await(all, applicant, now)
        : AdmissionRules.admit(all, applicant, now);
  }

  /** The hosts that no newcomer may have certified. */
  private List<String> apiServer(boolean controlPlane) throws IOException {
    return OwnNames.apiServer(
        cluster.apiServerEndpoint(),
        controlPlane,
        controlPlane ? List.of() : cluster.apiServerCertSans(),
        OwnNames::addressesOf);
  }

  /** What is asked only of a machine that is nothing here yet. */
  private void newcomer(
      AdmissionPolicy policy, Applicant applicant, TicketRequest request, List<AdmissionRecord> all)
      throws CallException, IOException {
    listedWhereItMust(policy, request);
    boolean known = all.stream().anyMatch(r -> r.node().equals(applicant.node()));
    if (!known && cluster.hasNode(applicant.node())) {
      // It came before there were records, and they cannot say which machine it is.
      throw new CallException(
          Status.Code.PERMISSION_DENIED,
          "the cluster has a node "
              + applicant.node()
              + " that was never put on record: an admin must delete it, or bind its machine to it");
    }
  }

  /** The listed names are those of control planes, and of nobody else. */
  private static void listedWhereItMust(AdmissionPolicy policy, TicketRequest request)
      throws CallException {
    if (policy.controlPlanes() instanceof ControlPlanes.Listed listed
        && listed.names().contains(request.nodeName()) != request.controlPlane()) {
      throw new CallException(
          Status.Code.PERMISSION_DENIED,
          request.nodeName()
              + (request.controlPlane()
                  ? " is not among the names of control planes"
                  : " is the name of a control plane, and not of a worker"));
    }
  }

  /** Nothing is bound; but what is revoked stays so, and what is on record of a name counts. */
  private void unbound(AdmissionPolicy policy, Claims claims, String disk, ObjectNode admission)
      throws CallException {
    admission.put("state", "compatible");
    String identity = NodeIdentity.of(claims).orElse("");
    admission.put("identity", identity);
    try {
      List<AdmissionRecord> all =
          asked(
              admission,
              () -> {
                List<AdmissionRecord> records = cluster.admissions().all();
                AdmissionRules.notRevoked(records, identity, disk);
                return records;
              });
      for (AdmissionRecord record : all) {
        if (record.state() == State.ADMITTED
            && (record.identity().equals(identity) || record.claims(disk))) {
          Denials.checkName(policy.deny(), record.node());
        }
      }
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String identity(Claims claims, ObjectNode admission) throws CallException {
    String identity =
        NodeIdentity.of(claims)
            .orElseThrow(() ->
                new CallException(
                    Status.Code.PERMISSION_DENIED,
                    "this evidence does not tell one machine from another, as admission needs"));
    admission.put("identity", identity);
    return identity;
  }

  /** Something that the records, or the cluster, are asked. */
  private interface Question<T> {
    T ask() throws Exception;
  }

  private static <T> T asked(ObjectNode admission, Question<T> question)
      throws CallException, MalformedException {
    try {
      return question.ask();
    } catch (AdmissionException e) {
      describe(e, admission);
      throw new CallException(
          e.rule() == Rule.FULL ? Status.Code.RESOURCE_EXHAUSTED : Status.Code.PERMISSION_DENIED,
          e.told());
    } catch (IOException e) {
      throw new CallException(
          Status.Code.UNAVAILABLE, "the cluster does not answer: try again later", e);
    } catch (CallException | MalformedException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void describe(AdmissionException conflict, ObjectNode admission) {
    admission.put("rule", conflict.rule().id()).put("conflict", conflict.getMessage());
    conflict
        .holder()
        .ifPresent(holder ->
            admission
                .putObject("boundTo")
                .put("identity", holder.identity())
                .put("node", holder.node())
                .put("role", holder.role())
                .put("state", holder.state().id()));
  }
}
