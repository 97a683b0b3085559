package dev.asterism.rpc;

import dev.asterism.wire.MalformedException;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;

/**
 * Turns what went wrong into what the peer sees. Only here do exceptions become status codes, and
 * no text reaches a peer that was not written for it.
 */
public final class Failures {
  private static final System.Logger LOG = System.getLogger(Failures.class.getName());

  private Failures() {}

  /** A unary call's work. */
  @FunctionalInterface
  public interface Work<A> {
    A answer() throws Exception;
  }

  /** Does the work and sends its answer, or the status of what it threw. */
  public static <A> void answer(StreamObserver<A> out, Work<A> work) {
    A answer;
    try {
      answer = work.answer();
    } catch (Exception e) {
      out.onError(status(e).asException());
      return;
    }
    out.onNext(answer);
    out.onCompleted();
  }

  /** The status for the peer; what it does not tell is logged. */
  public static Status status(Throwable failure) {
    return switch (failure) {
      case CallException known -> {
        if (known.getCause() != null) {
          LOG.log(System.Logger.Level.INFO, known.getMessage(), known.getCause());
        }
        yield known.code().toStatus().withDescription(known.getMessage());
      }
      // Says the field and the rule, never the input.
      case MalformedException malformed ->
          Status.INVALID_ARGUMENT.withDescription(malformed.getMessage());
      case StatusException received -> received(received.getStatus(), received);
      case StatusRuntimeException received -> received(received.getStatus(), received);
      case Exception late when isLate() -> {
        LOG.log(System.Logger.Level.WARNING, "a call took too long", late);
        yield Status.DEADLINE_EXCEEDED.withDescription("the call took too long");
      }
      case InterruptedException _ -> Status.CANCELLED.withDescription("the call was cancelled");
      default -> {
        LOG.log(System.Logger.Level.ERROR, "a call failed", failure);
        yield internal();
      }
    };
  }

  /** Past its deadline a call fails in whatever way its work takes an interrupt. */
  private static boolean isLate() {
    Deadline deadline = Context.current().getDeadline();
    return deadline != null && deadline.isExpired();
  }

  /** Another service's answer to us: its text is not for our peer. */
  private static Status received(Status status, Exception failure) {
    LOG.log(System.Logger.Level.WARNING, "a service that this one asks failed", failure);
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED ->
          Status.UNAVAILABLE.withDescription("a service that this one asks does not answer");
      default -> internal();
    };
  }

  private static Status internal() {
    return Status.INTERNAL.withDescription("internal error, see the server's log");
  }

  /** What an exception says, in one line; its kind where it says nothing. */
  public static String reason(Throwable failure) {
    String message = failure.getMessage();
    return message == null || message.isBlank()
        ? failure.getClass().getSimpleName()
        : message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
