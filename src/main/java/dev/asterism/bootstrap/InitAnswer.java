package dev.asterism.bootstrap;

import com.google.protobuf.ByteString;
import dev.asterism.proto.init.InitFailure;
import dev.asterism.proto.init.InitLog;
import dev.asterism.proto.init.InitResponse;
import dev.asterism.proto.init.InitSuccess;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.stream.Stream;

/** The stream of answers to one init call (wire contract, section 1). */
final class InitAnswer {
  /** Old admins read no longer chunks, and give up at an empty one. */
  static final int CHUNK = 1024;

  /** Of the journal the end counts, where the failure stands. */
  private static final int MAX_CHUNKS = 4096;

  private final ServerCallStreamObserver<InitResponse> out;

  InitAnswer(StreamObserver<InitResponse> out) {
    this.out = (ServerCallStreamObserver<InitResponse>) out;
    // Without it, writing to a caller who is gone would throw.
    this.out.setOnCancelHandler(() -> {});
  }

  /** Whether the caller is gone. */
  boolean abandoned() {
    return out.isCancelled();
  }

  void succeed(String kubeconfig, Bytes clusterId) {
    out.onNext(
        InitResponse.newBuilder()
            .setInitSuccess(
                InitSuccess.newBuilder()
                    .setKubeconfig(ByteString.copyFromUtf8(kubeconfig))
                    .setClusterId(ByteString.copyFrom(clusterId.toArray())))
            .build());
    out.onCompleted();
  }

  /** One failure, the log in chunks, the end. */
  void fail(Status status, Stream<String> log) {
    String error = String.valueOf(status.getDescription());
    out.onNext(
        InitResponse.newBuilder().setInitFailure(InitFailure.newBuilder().setError(error)).build());
    for (byte[] chunk : chunks(log)) {
      out.onNext(
          InitResponse.newBuilder()
              .setLog(InitLog.newBuilder().setLog(ByteString.copyFrom(chunk)))
              .build());
    }
    out.onError(status.asException());
  }

  /** The lines' bytes in pieces of 1 to {@link #CHUNK}, at most the last {@link #MAX_CHUNKS}. */
  static Iterable<byte[]> chunks(Stream<String> lines) {
    var chunks = new ArrayDeque<byte[]>();
    var piece = new ByteArrayOutputStream(CHUNK);
    lines.forEach(line -> {
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      for (int from = 0; from < bytes.length; ) {
        int length = Math.min(bytes.length - from, CHUNK - piece.size());
        piece.write(bytes, from, length);
        from += length;
        if (piece.size() == CHUNK) {
          add(chunks, piece);
        }
      }
    });
    if (piece.size() > 0) {
      add(chunks, piece);
    }
    return chunks;
  }

  private static void add(ArrayDeque<byte[]> chunks, ByteArrayOutputStream piece) {
    chunks.add(piece.toByteArray());
    piece.reset();
    if (chunks.size() > MAX_CHUNKS) {
      chunks.removeFirst();
    }
  }
}
