package dev.asterism.rpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Ends a call whose handler threw, with a status that says nothing of the exception. */
final class Unexpected implements ServerInterceptor {
  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onHalfClose() {
        try {
          super.onHalfClose();
        } catch (RuntimeException e) {
          end(e);
        }
      }

      @Override
      public void onMessage(Q message) {
        try {
          super.onMessage(message);
        } catch (RuntimeException e) {
          end(e);
        }
      }

      private void end(RuntimeException failure) {
        Status status = Failures.status(failure);
        try {
          call.close(status, new Metadata());
        } catch (IllegalStateException e) {
          // The handler had answered before it threw; the peer has its status.
        }
      }
    };
  }
}
