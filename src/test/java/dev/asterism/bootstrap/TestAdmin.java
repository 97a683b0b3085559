package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Policy;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.Verifier;
import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.MasterSecret;
import dev.asterism.proto.components.Component;
import dev.asterism.proto.init.APIGrpc;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.proto.init.InitResponse;
import dev.asterism.proto.init.InitSuccess;
import dev.asterism.rpc.Channels;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.Verdicts;
import dev.asterism.wire.Bytes;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** An admin's side of init, who verifies the node. */
final class TestAdmin {
  static final String INIT_SECRET = "the init secret";
  static final String INIT_SECRET_HASH =
      Bcrypt.hash(Secret.copyOf(Bytes.ofUtf8(INIT_SECRET)), 4, new SecureRandom());
  static final Bytes SALT = Bytes.ofUtf8("the measurement salt, 32 bytes..");

  final MasterSecret masterSecret = MasterSecret.generate(new SecureRandom());
  final KeySource keys = new HkdfKeySource(masterSecret.key(), masterSecret.salt());

  InitRequest request() {
    return InitRequest.newBuilder()
        .setKmsUri(masterSecret.toKmsUri().use(b -> new String(b, StandardCharsets.US_ASCII)))
        .setStorageUri("storage://no-store")
        .setMeasurementSalt(ByteString.copyFrom(SALT.toArray()))
        .setKubernetesVersion("v1.34.2")
        .setConformanceMode(true)
        .addKubernetesComponents(
            Component.newBuilder().setUrl("data:,x").setInstallPath("/run/state/bin/kubeadm"))
        .setInitSecret(ByteString.copyFromUtf8(INIT_SECRET))
        .setClusterName("mini")
        .addApiserverCertSans("api.example")
        .addApiserverCertSans("192.0.2.7")
        .setServiceCidr("10.96.0.0/12")
        .build();
  }

  /** What came over the stream. */
  record Result(List<InitResponse> responses, Status status) {
    List<InitSuccess> successes() {
      return responses.stream()
          .filter(InitResponse::hasInitSuccess)
          .map(InitResponse::getInitSuccess)
          .toList();
    }

    String failure() {
      return responses.isEmpty() ? "" : responses.getFirst().getInitFailure().getError();
    }

    List<Integer> chunks() {
      return responses.stream()
          .filter(InitResponse::hasLog)
          .map(r -> r.getLog().getLog().size())
          .toList();
    }

    String log() {
      ByteString all = ByteString.EMPTY;
      for (InitResponse response : responses) {
        all = all.concat(response.getLog().getLog());
      }
      return all.toStringUtf8();
    }

    /** Exactly one failure, first; then only log; then that status. */
    void assertFailure(Status.Code code) {
      assertEquals(code, status.getCode(), () -> String.valueOf(status));
      assertTrue(responses.getFirst().hasInitFailure());
      assertTrue(responses.stream().skip(1).allMatch(InitResponse::hasLog));
    }
  }

  Result init(TestNode node, InitRequest request) {
    return init(node.initPort, request, DummyEvidence.verifier(Variant.QEMU_VTPM));
  }

  Result init(int port, InitRequest request, Policy policy) {
    return init(port, request, policy.verifier());
  }

  /** Calls again while nobody answers, as admins do. */
  private static Result init(int port, InitRequest request, Verifier verifier) {
    for (int i = 0; ; i++) {
      Result result = initUntil(port, request, verifier, new CountDownLatch(1));
      if (i == 200 || result.status().getCode() != Status.Code.UNAVAILABLE) {
        return result;
      }
      pause();
    }
  }

  Result tryOnce(TestNode node, InitRequest request) {
    return initUntil(node, request, new CountDownLatch(1));
  }

  Result tryOnce(int port, InitRequest request, Policy policy) {
    return initUntil(port, request, policy.verifier(), new CountDownLatch(1));
  }

  /** Hangs up when the latch opens. */
  Result initUntil(TestNode node, InitRequest request, CountDownLatch hangUp) {
    return initUntil(node.initPort, request, DummyEvidence.verifier(Variant.QEMU_VTPM), hangUp);
  }

  private static Result initUntil(
      int port, InitRequest request, Verifier verifier, CountDownLatch hangUp) {
    PeerVerification verification = new Verdicts().by(verifier);
    ManagedChannel channel =
        Channels.open("127.0.0.1:" + port, AtlsClient.context(null, verification));
    var responses = new ArrayList<InitResponse>();
    var status = new CompletableFuture<Status>();
    try {
      APIGrpc.newStub(channel)
          .withDeadlineAfter(60, TimeUnit.SECONDS)
          .init(
              request,
              new StreamObserver<>() {
                @Override
                public void onNext(InitResponse value) {
                  responses.add(value);
                }

                @Override
                public void onError(Throwable t) {
                  status.complete(Status.fromThrowable(t));
                }

                @Override
                public void onCompleted() {
                  status.complete(Status.OK);
                }
              });
      Thread.startVirtualThread(() -> {
        try {
          hangUp.await();
          channel.shutdownNow();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      });
      Status end = status.join();
      return new Result(List.copyOf(responses), end);
    } finally {
      channel.shutdownNow();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
