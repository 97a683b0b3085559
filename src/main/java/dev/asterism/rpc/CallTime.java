package dev.asterism.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call a deadline, also where the client sent none: the context's, so that calls which
 * the handler makes inherit it, and an interrupt for a handler that still runs then.
 */
final class CallTime implements ServerInterceptor {
  private final Duration limit;
  private final ScheduledExecutorService timer;

  CallTime(Duration limit, ScheduledExecutorService timer) {
    this.limit = limit;
    this.timer = timer;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    Context.CancellableContext context =
        Context.current().withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS, timer);
    var worker = new Worker();
    context.addListener(expired -> worker.interruptIfLate(expired), Runnable::run);
    ServerCall.Listener<Q> listener;
    try {
      listener = Contexts.interceptCall(context, call, headers, next);
    } catch (RuntimeException e) {
      context.cancel(null);
      throw e;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onHalfClose() {
        worker.run(super::onHalfClose);
      }

      @Override
      public void onComplete() {
        super.onComplete();
        context.cancel(null);
      }

      @Override
      public void onCancel() {
        super.onCancel();
        context.cancel(null);
      }
    };
  }

  /** The thread that answers; gRPC gives the whole unary call to one. */
  private static final class Worker {
    private @Nullable Thread thread;

    void run(Runnable work) {
      synchronized (this) {
        thread = Thread.currentThread();
      }
      try {
        work.run();
      } finally {
        synchronized (this) {
          thread = null;
        }
      }
    }

    synchronized void interruptIfLate(Context expired) {
      if (thread != null
          && expired.cancellationCause() instanceof java.util.concurrent.TimeoutException) {
        thread.interrupt();
      }
    }
  }
}
