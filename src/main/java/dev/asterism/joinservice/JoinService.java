package dev.asterism.joinservice;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.crypto.Digests;
import dev.asterism.joinservice.Approvals.Approval;
import dev.asterism.joinservice.FaultPoints.Step;
import dev.asterism.joinservice.Tickets.Issued;
import dev.asterism.keys.KeyIds;
import dev.asterism.kubernetes.TicketNumber;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gRPC service {@code join.API}: a proof that counts, a request that is well-formed, a machine
 * that may be what it asks to be, a ticket, a record of it; in this order.
 */
final class JoinService extends APIGrpc.APIImplBase {
  private static final String JOIN = "join";
  private static final String REJOIN = "rejoin";

  private final Approvals approvals;
  private final Admission admission;
  private final Tickets tickets;
  private final Answers answers;
  private final Records records;
  private final JoinMetrics metrics;
  private final Supplier<String> callerAddress;
  private final FaultPoints faults;

  /**
   * @param callerAddress asked on the call's thread
   */
  JoinService(
      Approvals approvals,
      Admission admission,
      Tickets tickets,
      Answers answers,
      Records records,
      JoinMetrics metrics,
      Supplier<String> callerAddress,
      FaultPoints faults) {
    this.approvals = approvals;
    this.admission = admission;
    this.tickets = tickets;
    this.answers = answers;
    this.records = records;
    this.metrics = metrics;
    this.callerAddress = callerAddress;
    this.faults = faults;
  }

  /** One call's work; what it learns on the way goes into the record. */
  @FunctionalInterface
  private interface Work<A> {
    A issue(Approval approval, ObjectNode record) throws Exception;
  }

  @Override
  public void issueJoinTicket(
      IssueJoinTicketRequest request, StreamObserver<IssueJoinTicketResponse> out) {
    answer(
        JOIN,
        out,
        (approval, record) -> {
          TicketRequest wanted = TicketRequest.parse(request);
          Records.describe(record, wanted);
          spend(approval);
          TicketNumber number = admission.admit(approval, wanted, record);
          faults.reached(Step.ADMITTED);
          Answers.Answer answer =
              answers.answer(
                  NodeIdentity.of(approval.peer().claims()).orElse(""),
                  digest(request, approval),
                  () -> tickets.join(approval, wanted, number));
          Issued issued = answer.issued();
          record.put("token", issued.tokenId()).put("components", issued.componentsReference());
          issued.principals().forEach(record.putArray("principals")::add);
          if (answer.repeated()) {
            record.put("repeated", true);
          }
          return issued.response();
        });
  }

  @Override
  public void issueRejoinTicket(
      IssueRejoinTicketRequest request, StreamObserver<IssueRejoinTicketResponse> out) {
    answer(
        REJOIN,
        out,
        (approval, record) -> {
          String disk = KeyIds.stateDisk(request.getDiskUuid());
          record.put("disk", disk);
          spend(approval);
          admission.readmit(approval, disk, record);
          faults.reached(Step.ADMITTED);
          return tickets.rejoin(approval, disk);
        });
  }

  private <A> void answer(String kind, StreamObserver<A> out, Work<A> work) {
    long start = System.nanoTime();
    ObjectNode record = Records.decision(kind, callerAddress.get());
    A ticket;
    try {
      // A proof that is too old is somebody's, too.
      approvals.peer().ifPresent(peer -> Records.describe(record, peer));
      Approval approval = approvals.current();
      ticket = work.issue(approval, record);
      keep(record, approval.peer());
      faults.reached(Step.RECORDED);
    } catch (Exception e) {
      Status status = Failures.status(e);
      records.refused(record, status, e.getCause());
      metrics.ticket(kind, status.getCode().name(), since(start));
      out.onError(status.asException());
      return;
    }
    metrics.ticket(kind, Status.Code.OK.name(), since(start));
    out.onNext(ticket);
    out.onCompleted();
  }

  private void spend(Approval approval) throws CallException {
    approval.spend();
    faults.reached(Step.SPENT);
  }

  /** Over all that a ticket depends on; another configuration may have another salt. */
  private static Bytes digest(IssueJoinTicketRequest request, Approval approval) {
    return Digests.SHA256.of(
        Bytes.ofUtf8(approval.peer().generation() + " "), Bytes.of(request.toByteArray()));
  }

  private void keep(ObjectNode record, AttestedPeer peer) throws CallException {
    try {
      records.issued(record, peer);
    } catch (IOException e) {
      throw new CallException(
          Status.Code.UNAVAILABLE, "the decision cannot be recorded: try again later", e);
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
