package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyException.Reason;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.proto.kms.GetDataKeyResponse;
import dev.asterism.rpc.Channels;
import dev.asterism.rpc.RpcServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KeyServiceClientTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final AtomicReference<Answer> answer = new AtomicReference<>();
  private final AtomicReference<GetDataKeyRequest> asked = new AtomicReference<>();
  private RpcServer server;
  private String endpoint;
  private ManagedChannel channel;

  /** What the key-service does with a call. */
  @FunctionalInterface
  private interface Answer {
    void to(StreamObserver<GetDataKeyResponse> out);
  }

  @BeforeEach
  void start() throws Exception {
    server =
        RpcServer.builder("key-service", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service(
                new APIGrpc.APIImplBase() {
                  @Override
                  public void getDataKey(
                      GetDataKeyRequest request, StreamObserver<GetDataKeyResponse> out) {
                    asked.set(request);
                    answer.get().to(out);
                  }
                })
            .start();
    endpoint = "127.0.0.1:" + server.port();
    channel = Channels.open(endpoint, null);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  private void gives(int length) {
    answer.set(out -> {
      var key = ByteString.copyFrom(new byte[length]);
      out.onNext(GetDataKeyResponse.newBuilder().setDataKey(key).build());
      out.onCompleted();
    });
  }

  private KeyServiceClient client(Duration deadline) {
    return new KeyServiceClient(channel, endpoint, deadline);
  }

  private Reason refusal(Duration deadline) {
    return failure(deadline).reason();
  }

  private KeyException failure(Duration deadline) {
    return assertThrows(KeyException.class, () -> client(deadline).dataKey("id", 32));
  }

  @Test
  void asksForTheKeyAndGetsIt() throws Exception {
    gives(32);
    try (Secret key = client(PATIENCE).dataKey("id", 32)) {
      assertEquals(Secret.takeOver(new byte[32]), key);
    }
    assertEquals(
        GetDataKeyRequest.newBuilder().setDataKeyId("id").setLength(32).build(), asked.get());
  }

  @Test
  void refusesAKeyOfAnotherLength() {
    for (int length : new int[] {0, 31, 33}) {
      gives(length);
      assertEquals(Reason.UNAVAILABLE, refusal(PATIENCE));
    }
  }

  @Test
  void tellsWhoseFaultItIs() {
    Map.of(
            Status.INVALID_ARGUMENT, Reason.INVALID,
            Status.PERMISSION_DENIED, Reason.DENIED,
            Status.UNAUTHENTICATED, Reason.DENIED,
            Status.UNAVAILABLE, Reason.UNAVAILABLE,
            Status.INTERNAL, Reason.UNAVAILABLE)
        .forEach((status, reason) -> {
          answer.set(out -> out.onError(status.asException()));
          assertEquals(reason, refusal(PATIENCE), status.toString());
        });
  }

  @Test
  void doesNotWaitForever() {
    answer.set(out -> {});
    assertEquals(Reason.UNAVAILABLE, refusal(Duration.ofMillis(200)));
  }

  @Test
  void saysWhereNobodyAnswersAndWhy() {
    server.close();
    KeyException e = failure(PATIENCE);
    assertEquals(Reason.UNAVAILABLE, e.reason());
    assertTrue(
        e.getMessage().startsWith("no key 'id': key-service " + endpoint + " does not answer: "),
        e.getMessage());
    assertTrue(e.getMessage().contains("Connection refused"), e.getMessage());
  }

  @Test
  void repeatsNothingOfTheKeyInAnError() {
    answer.set(out -> {
      var key = ByteString.copyFromUtf8("not thirty-two bytes");
      out.onNext(GetDataKeyResponse.newBuilder().setDataKey(key).build());
      out.onCompleted();
    });
    String message = failure(PATIENCE).getMessage();
    assertTrue(message.contains("20 bytes"), message);
    assertFalse(message.contains("thirty"), message);
  }
}
