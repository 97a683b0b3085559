package dev.asterism.joinservice;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyException.Reason;
import dev.asterism.keys.KeySource;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The cluster's key-service as a source of keys (wire contract, section 1). */
public final class KeyServiceClient implements KeySource {
  /** A derivation takes microseconds; a key-service behind a slow KMS a second or two. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(10);

  private final APIGrpc.APIBlockingStub stub;
  private final Duration deadline;

  /**
   * @param channel to the key-service; the caller shuts it down
   * @param deadline of one key
   */
  public KeyServiceClient(Channel channel, Duration deadline) {
    this.stub = APIGrpc.newBlockingStub(channel);
    this.deadline = deadline;
  }

  @Override
  public Secret dataKey(String id, int length) throws KeyException {
    ByteString key;
    try {
      key =
          stub.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
              .getDataKey(GetDataKeyRequest.newBuilder().setDataKeyId(id).setLength(length).build())
              .getDataKey();
    } catch (StatusRuntimeException e) {
      throw failure(e);
    }
    if (key.size() != length) {
      throw new KeyException(
          Reason.UNAVAILABLE,
          "the key-service gave a key of " + key.size() + " bytes, not " + length);
    }
    return Secret.takeOver(key.toByteArray());
  }

  private static KeyException failure(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case INVALID_ARGUMENT ->
          new KeyException(Reason.INVALID, "the key-service knows no such key", e);
      case PERMISSION_DENIED, UNAUTHENTICATED ->
          new KeyException(Reason.DENIED, "the key-service refuses this service", e);
      default ->
          new KeyException(
              Reason.UNAVAILABLE, "the key-service does not answer: " + e.getStatus().getCode(), e);
    };
  }
}
