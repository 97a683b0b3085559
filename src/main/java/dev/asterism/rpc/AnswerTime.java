package dev.asterism.rpc;

import dev.asterism.metrics.Refusals;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Resets a stream whose client does not take its answer. gRPC knows of no such limit: the handler
 * has ended, nothing of the call can be closed a second time, and a window that stays shut would
 * hold the call's place for as long as the connection lives. But it does reset a stream whose
 * context, made before any interceptor is asked, runs into a deadline.
 */
final class AnswerTime extends ServerStreamTracer.Factory {
  private final Duration limit;
  private final ScheduledExecutorService timer;
  private final Refusals refusals;

  AnswerTime(Limits.Times times, ScheduledExecutorService timer, Refusals refusals) {
    this.limit = times.call().plus(times.answer());
    this.timer = timer;
    this.refusals = refusals;
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new OneStream();
  }

  private final class OneStream extends ServerStreamTracer {
    private Context.@Nullable CancellableContext context;

    @Override
    public Context filterContext(Context root) {
      var limited = root.withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS, timer);
      limited.addListener(this::ended, Runnable::run);
      context = limited;
      return limited;
    }

    private void ended(Context limited) {
      if (limited.cancellationCause() instanceof TimeoutException) {
        refusals.any("answer-time");
      }
    }

    @Override
    public void streamClosed(Status status) {
      if (context != null) {
        context.cancel(null);
      }
    }
  }
}
