package dev.asterism.keyservice;

import com.google.protobuf.ByteString;
import dev.asterism.audit.AuditLog;
import dev.asterism.audit.Repetition;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeySource;
import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.proto.kms.GetDataKeyResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.Peers;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Serves data keys inside the cluster, to callers that may have them. Every answer is on record
 * before it is sent; a record that cannot be kept is a key that is not given.
 */
public final class KeyService extends APIGrpc.APIImplBase {
  private static final String EVENT = "data-key";
  private static final String GIVEN = "given";
  private static final String REFUSED = "refused";
  private static final String FAILED = "failed";

  /** As much of a bad id as a record shows. */
  private static final int MAX_RECORDED = 253;

  private final KeySource keys;
  private final Callers callers;
  private final AuditLog audit;
  private final Counter answers;
  private final Histogram duration;

  /** Who asks. */
  private record Caller(String address, Optional<String> name) {}

  /** Gives what {@code keys} gives, and writes down in {@code audit} to whom. */
  public KeyService(KeySource keys, Callers callers, AuditLog audit, Metrics metrics) {
    this.keys = keys;
    this.callers = callers;
    this.audit = audit;
    this.answers =
        metrics.counter("asterism_data_keys_total", "Requests for data keys.", "decision");
    this.duration =
        metrics.histogram("asterism_data_key_seconds", "Time to answer a request for a data key.");
  }

  @Override
  public void getDataKey(GetDataKeyRequest request, StreamObserver<GetDataKeyResponse> out) {
    Failures.answer(out, () -> answer(request, new Caller(Peers.address(), Peers.name())));
  }

  private GetDataKeyResponse answer(GetDataKeyRequest request, Caller caller)
      throws CallException, IOException {
    long start = System.nanoTime();
    try (Secret key = key(request, caller)) {
      record(request, caller, GIVEN, null);
      return response(key);
    } finally {
      duration.observe(Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private Secret key(GetDataKeyRequest request, Caller caller) throws CallException, IOException {
    try {
      var wanted = DataKeyRequest.checked(request.getDataKeyId(), request.getLength());
      callers.check(caller.name(), wanted.id());
      Secret key = keys.dataKey(wanted.id(), wanted.length());
      if (key.length() != wanted.length()) {
        key.close();
        throw new KeyException(
            KeyException.Reason.UNAVAILABLE, "the key source gave a key of another length");
      }
      return key;
    } catch (CallException e) {
      record(request, caller, REFUSED, e.getMessage());
      throw e;
    } catch (KeyException e) {
      boolean refused = e.reason() != KeyException.Reason.UNAVAILABLE;
      record(request, caller, refused ? REFUSED : FAILED, e.getMessage());
      throw forPeer(e);
    } catch (RuntimeException e) {
      record(request, caller, FAILED, e.getClass().getSimpleName());
      throw e;
    }
  }

  /** What the source says of itself is for our log, as the cause. */
  private static CallException forPeer(KeyException failure) {
    return switch (failure.reason()) {
      case INVALID ->
          new CallException(
              Status.Code.INVALID_ARGUMENT, "the key source has no such key", failure);
      case DENIED ->
          new CallException(Status.Code.PERMISSION_DENIED, "the key source refuses", failure);
      case UNAVAILABLE ->
          new CallException(Status.Code.UNAVAILABLE, "the key source does not answer", failure);
    };
  }

  private static GetDataKeyResponse response(Secret key) {
    byte[] bytes = key.expose();
    try {
      return GetDataKeyResponse.newBuilder().setDataKey(ByteString.copyFrom(bytes)).build();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private void record(
      GetDataKeyRequest request, Caller caller, String decision, @Nullable String reason)
      throws IOException {
    String id = request.getDataKeyId();
    ObjectNode content = Json.newObject();
    content.put("id", id.length() > MAX_RECORDED ? id.substring(0, MAX_RECORDED) + "…" : id);
    content.put("length", Integer.toUnsignedLong(request.getLength()));
    caller.name().ifPresent(name -> content.put("caller", name));
    content.put("peer", caller.address());
    content.put("decision", decision);
    if (reason != null) {
      content.put("reason", reason);
    }
    try {
      if (decision.equals(GIVEN)) {
        audit.append(EVENT, content);
      } else {
        var what =
            new Repetition(caller.address(), caller.name().orElse(""), decision + ": " + reason);
        audit.appendOrCount(EVENT, what, () -> content);
      }
      answers.increment(decision);
    } catch (IOException e) {
      answers.increment(FAILED);
      throw e;
    }
  }
}
