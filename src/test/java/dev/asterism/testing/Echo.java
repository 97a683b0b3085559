package dev.asterism.testing;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.Peers;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Answers what it was sent, and remembers who sent it. */
public final class Echo implements BindableService {
  /** Who called, as the handler saw it. */
  public record Caller(String address, Optional<AttestedPeer> attested, Optional<String> name) {}

  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  public static final MethodDescriptor<byte[], byte[]> SAY =
      MethodDescriptor.<byte[], byte[]>newBuilder()
          .setType(MethodDescriptor.MethodType.UNARY)
          .setFullMethodName("echo.API/Say")
          .setRequestMarshaller(BYTES)
          .setResponseMarshaller(BYTES)
          .build();

  private final List<Caller> callers = new CopyOnWriteArrayList<>();
  private final Callable<Void> work;
  private @Nullable RuntimeException thrown;

  public Echo() {
    this(() -> null);
  }

  /** An echo that does {@code work} before it answers. */
  public Echo(Callable<Void> work) {
    this.work = work;
  }

  /** The same, whose handler throws that before it answers. */
  public Echo throwing(RuntimeException failure) {
    thrown = failure;
    return this;
  }

  public List<Caller> callers() {
    return List.copyOf(callers);
  }

  @Override
  public ServerServiceDefinition bindService() {
    return ServerServiceDefinition.builder("echo.API")
        .addMethod(
            SAY,
            ServerCalls.asyncUnaryCall((request, out) -> {
              if (thrown != null) {
                throw thrown;
              }
              callers.add(new Caller(Peers.address(), Peers.attested(), Peers.name()));
              Failures.answer(
                  out,
                  () -> {
                    work.call();
                    return request;
                  });
            }))
        .build();
  }

  /** Calls an echo. */
  public static byte[] say(Channel channel, byte[] message) {
    return ClientCalls.blockingUnaryCall(channel, SAY, CallOptions.DEFAULT, message);
  }
}
