package dev.asterism.joinservice;

import dev.asterism.joinservice.Approvals.Approval;
import dev.asterism.joinservice.Tickets.Issued;
import dev.asterism.keys.KeyIds;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.join.IssueRejoinTicketResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/**
 * The gRPC service {@code join.API}: a proof that counts, a request that is well-formed, a record,
 * a ticket; in this order.
 */
final class JoinService extends APIGrpc.APIImplBase {
  private static final String JOIN = "join";
  private static final String REJOIN = "rejoin";

  private final Approvals approvals;
  private final Tickets tickets;
  private final Records records;
  private final JoinMetrics metrics;
  private final Supplier<String> callerAddress;

  /**
   * @param callerAddress asked on the call's thread
   */
  JoinService(
      Approvals approvals,
      Tickets tickets,
      Records records,
      JoinMetrics metrics,
      Supplier<String> callerAddress) {
    this.approvals = approvals;
    this.tickets = tickets;
    this.records = records;
    this.metrics = metrics;
    this.callerAddress = callerAddress;
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
          record
              .put("node", wanted.nodeName())
              .put("disk", wanted.diskKeyId())
              .put("controlPlane", wanted.controlPlane());
          approval.spend();
          Issued issued = tickets.join(approval, wanted);
          record.put("token", issued.tokenId()).put("components", issued.componentsReference());
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
          approval.spend();
          return tickets.rejoin(approval, disk);
        });
  }

  private <A> void answer(String kind, StreamObserver<A> out, Work<A> work) {
    long start = System.nanoTime();
    ObjectNode record = Records.decision(kind, callerAddress.get());
    A ticket;
    try {
      Approval approval = approvals.current();
      Records.describe(record, approval.peer());
      ticket = work.issue(approval, record);
      keep(record);
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

  private void keep(ObjectNode record) throws CallException {
    try {
      records.issued(record);
    } catch (IOException e) {
      throw new CallException(
          Status.Code.UNAVAILABLE, "the decision cannot be recorded: try again later", e);
    }
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
