package dev.asterism.testing;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call of which the server has all but the end. */
public final class HalfSentCall<Q, A> {
  private final ClientCall<Q, A> call;
  private final CompletableFuture<Status> end = new CompletableFuture<>();

  /** Returns when the server knows of it. */
  public HalfSentCall(ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) {
    call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<A>() {
          @Override
          public void onClose(Status status, Metadata trailers) {
            end.complete(status);
          }
        },
        new Metadata());
    call.request(100);
    call.sendMessage(request);
    awaitLaterCall(channel, method, request);
  }

  /**
   * The same connection's frames come in order: when a later call is answered, the first is known.
   */
  private static <Q, A> void awaitLaterCall(
      ManagedChannel channel, MethodDescriptor<Q, A> method, Q request) {
    MethodDescriptor<Q, A> unknown =
        method.toBuilder()
            .setFullMethodName("none.API/None")
            .setType(MethodDescriptor.MethodType.UNARY)
            .build();
    try {
      var _ = ClientCalls.blockingUnaryCall(channel, unknown, CallOptions.DEFAULT, request);
      throw new AssertionError("there is a none.API");
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() != Status.Code.UNIMPLEMENTED) {
        throw e;
      }
    }
  }

  /** Sends the end; how the call ended. */
  public Status finish() throws Exception {
    call.halfClose();
    return end.get(60, TimeUnit.SECONDS);
  }
}
