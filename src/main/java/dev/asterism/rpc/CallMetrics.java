package dev.asterism.rpc;

import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/** Counts calls by method and status, and times them. gRPC hands over known methods only. */
final class CallMetrics implements ServerInterceptor {
  private final Counter calls;
  private final Histogram duration;

  CallMetrics(Metrics metrics) {
    calls = metrics.counter("asterism_rpc_calls_total", "Calls by status.", "method", "status");
    duration = metrics.histogram("asterism_rpc_call_seconds", "Time to answer.", "method");
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    var one = new OneCall(call.getMethodDescriptor().getFullMethodName());
    var counted =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            one.end(status.getCode());
            super.close(status, trailers);
          }
        };
    return new SimpleForwardingServerCallListener<>(next.startCall(counted, headers)) {
      // Also where the transport gives the call up: too large, or the client went away.
      @Override
      public void onCancel() {
        one.end(Status.Code.CANCELLED);
        super.onCancel();
      }
    };
  }

  /** Counts one call once. */
  private final class OneCall {
    private final String method;
    private final long began = System.nanoTime();
    private final AtomicBoolean ended = new AtomicBoolean();

    private OneCall(String method) {
      this.method = method;
    }

    void end(Status.Code code) {
      if (ended.compareAndSet(false, true)) {
        calls.increment(method, code.name());
        duration.observe(Duration.ofNanos(System.nanoTime() - began), method);
      }
    }
  }
}
