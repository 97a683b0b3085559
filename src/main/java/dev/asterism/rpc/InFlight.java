package dev.asterism.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Turns calls away while too many are being answered, instead of queueing them. */
final class InFlight implements ServerInterceptor {
  private final Semaphore free;

  InFlight(int limit) {
    free = new Semaphore(limit);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!free.tryAcquire()) {
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription("too many calls, try again"), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    var released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (released.compareAndSet(false, true)) {
            free.release();
          }
        };
    try {
      return new Ending<>(next.startCall(call, headers), release);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  /** gRPC ends every call with exactly one of these two. */
  private static final class Ending<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Runnable then;

    Ending(ServerCall.Listener<Q> listener, Runnable then) {
      super(listener);
      this.then = then;
    }

    @Override
    public void onComplete() {
      try {
        super.onComplete();
      } finally {
        then.run();
      }
    }

    @Override
    public void onCancel() {
      try {
        super.onCancel();
      } finally {
        then.run();
      }
    }
  }
}
