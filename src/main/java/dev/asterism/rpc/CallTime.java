package dev.asterism.rpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives every call a deadline, also where the client sent none: the context's, which calls that the
 * handler makes inherit, and an interrupt for a handler that still runs then.
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
    long nanos = limit.toNanos();
    Context.CancellableContext context =
        Context.current().withDeadlineAfter(nanos, TimeUnit.NANOSECONDS, timer);
    var worker = new Worker();
    Future<?> alarm = timer.schedule(worker::interrupt, nanos, TimeUnit.NANOSECONDS);
    Runnable end =
        () -> {
          alarm.cancel(false);
          context.cancel(null);
        };
    ServerCall.Listener<Q> listener;
    try {
      listener = Contexts.interceptCall(context, call, headers, next);
    } catch (RuntimeException e) {
      end.run();
      throw e;
    }
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onHalfClose() {
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

  /** The thread that answers: gRPC runs a handler of one request inside this callback. */
  private static final class Worker {
    private @Nullable Thread thread;

    void run(Runnable handler) {
      synchronized (this) {
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

    synchronized void interrupt() {
      if (thread != null) {
        thread.interrupt();
      }
    }
  }
}
