package dev.asterism.rpc;

import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.time.Duration;

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
    String method = call.getMethodDescriptor().getFullMethodName();
    long began = System.nanoTime();
    var counted =
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            calls.increment(method, status.getCode().name());
            duration.observe(Duration.ofNanos(System.nanoTime() - began), method);
            super.close(status, trailers);
          }
        };
    return next.startCall(counted, headers);
  }
}
