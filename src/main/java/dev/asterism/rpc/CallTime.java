package dev.asterism.rpc;

import dev.asterism.metrics.Refusals;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call a deadline, also where the client sent none: the context's, which calls that the
 * handler makes inherit, and an interrupt for a handler that still runs then. A request that does
 * not come to its end ends the call earlier, for until then no handler begins.
 */
final class CallTime implements ServerInterceptor {
  private final Duration request;
  private final Duration limit;
  private final ScheduledExecutorService timer;
  private final Refusals refusals;

  CallTime(Limits.Times times, ScheduledExecutorService timer, Refusals refusals) {
    this.request = times.request().compareTo(times.call()) < 0 ? times.request() : times.call();
    this.limit = times.call();
    this.timer = timer;
    this.refusals = refusals;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context.CancellableContext context =
        Context.current().withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS, timer);
    var worker = new Worker();
    var closing = new ClosedOnce<>(call);
    Future<?> slow = after(request, () -> giveUp(worker, closing));
    Future<?> alarm = after(limit, worker::interrupt);
    Runnable end =
        () -> {
          slow.cancel(false);
          alarm.cancel(false);
          context.cancel(null);
        };
    ServerCall.Listener<Q> listener;
    try {
      listener = Contexts.interceptCall(context, closing, headers, next);
    } catch (RuntimeException e) {
      end.run();
      throw e;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onHalfClose() {
        slow.cancel(false);
        worker.run(super::onHalfClose);
      }

      @Override
      public void onComplete() {
        end.run();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        end.run();
        super.onCancel();
      }
    };
  }

  private Future<?> after(Duration delay, Runnable what) {
    return timer.schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void giveUp(Worker worker, ServerCall<?, ?> call) {
    if (worker.forbid()) {
      refusals.any("request-time");
      call.close(
          Status.DEADLINE_EXCEEDED.withDescription("the request did not arrive in time"),
          new Metadata());
    }
  }

  /** A call that two threads may close: the timer before the handler begins, then the handler. */
  private static final class ClosedOnce<Q, A> extends SimpleForwardingServerCall<Q, A> {
    private final AtomicBoolean closed = new AtomicBoolean();

    ClosedOnce(ServerCall<Q, A> call) {
      super(call);
    }

    @Override
    public void close(Status status, Metadata trailers) {
      if (closed.compareAndSet(false, true)) {
        super.close(status, trailers);
      }
    }
  }

  /** The thread that answers: gRPC runs a handler of one request inside this callback. */
  private static final class Worker {
    private @Nullable Thread thread;
    private boolean begun;
    private boolean forbidden;

    void run(Runnable handler) {
      synchronized (this) {
        if (forbidden) {
          return;
        }
        begun = true;
        thread = Thread.currentThread();
      }
      try {
        handler.run();
      } finally {
        synchronized (this) {
          thread = null;
        }
        // What follows on this thread is not late.
        var _ = Thread.interrupted();
      }
    }

    /** Whether the handler has not begun; then it never will. */
    synchronized boolean forbid() {
      forbidden = !begun;
      return forbidden;
    }

    synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
