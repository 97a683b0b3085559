package dev.asterism.joinservice;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyException.Reason;
import dev.asterism.keys.KeySource;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.rpc.CallTrouble;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The cluster's key-service as a source of keys (wire contract, section 1). */
public final class KeyServiceClient implements KeySource {
  private final ManagedChannel channel;
  private final String endpoint;
  private final Duration deadline;

  /**
   * @param channel to the key-service; the caller shuts it down
   * @param endpoint where that leads, for errors
   * @param deadline of one key
   */
  public KeyServiceClient(ManagedChannel channel, String endpoint, Duration deadline) {
    this.channel = channel;
    this.endpoint = endpoint;
    this.deadline = deadline;
  }

  @Override
  public Secret dataKey(String id, int length) throws KeyException {
    ByteString key;
    try {
      key =
          APIGrpc.newBlockingStub(channel)
              .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
              .getDataKey(GetDataKeyRequest.newBuilder().setDataKeyId(id).setLength(length).build())
              .getDataKey();
    } catch (StatusRuntimeException e) {
      throw new KeyException(
          reason(e),
          "no key '" + id + "': " + CallTrouble.of("key-service", endpoint, channel, deadline, e),
          e);
    }
    if (key.size() != length) {
      throw new KeyException(
          Reason.UNAVAILABLE,
          "key-service %s gave a key of %d bytes, not %d".formatted(endpoint, key.size(), length));
    }
    return Secret.takeOver(key.toByteArray());
  }

  private static Reason reason(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case INVALID_ARGUMENT -> Reason.INVALID;
      case PERMISSION_DENIED, UNAUTHENTICATED -> Reason.DENIED;
      default -> Reason.UNAVAILABLE;
    };
  }
}
