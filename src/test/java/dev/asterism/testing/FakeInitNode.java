package dev.asterism.testing;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
import dev.asterism.keys.ClusterId;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.MasterSecret;
import dev.asterism.proto.init.APIGrpc;
import dev.asterism.proto.init.InitFailure;
import dev.asterism.proto.init.InitLog;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.proto.init.InitResponse;
import dev.asterism.proto.init.InitSuccess;
import dev.asterism.rpc.RpcServer;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A node that waits to be initialised, and then does what a test says. */
public final class FakeInitNode implements AutoCloseable {
  public static final String KUBECONFIG = "kind: Config\n";

  /** What it was asked, in order. */
  public final List<InitRequest> requests = new CopyOnWriteArrayList<>();

  private final RpcServer server;

  /**
   * @param issuer null: it has no evidence
   */
  public FakeInitNode(
      int port,
      @Nullable Issuer issuer,
      BiConsumer<InitRequest, StreamObserver<InitResponse>> behaviour)
      throws IOException {
    this(port, AtlsServer.context(issuer, null), behaviour);
  }

  /** One that does not even speak TLS. */
  public static FakeInitNode plaintext(
      BiConsumer<InitRequest, StreamObserver<InitResponse>> behaviour) throws IOException {
    return new FakeInitNode(0, (SslContext) null, behaviour);
  }

  private FakeInitNode(
      int port,
      @Nullable SslContext tls,
      BiConsumer<InitRequest, StreamObserver<InitResponse>> behaviour)
      throws IOException {
    var api =
        new APIGrpc.APIImplBase() {
          @Override
          public void init(InitRequest request, StreamObserver<InitResponse> answers) {
            requests.add(request);
            behaviour.accept(request, answers);
          }
        };
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    server = RpcServer.builder("fake-init", address).tls(tls).service(api).start();
  }

  public int port() {
    return server.port();
  }

  /** Initialises as a real node would. */
  public static void succeed(InitRequest request, StreamObserver<InitResponse> answers) {
    answers.onNext(success(clusterId(request)));
    answers.onCompleted();
  }

  public static InitResponse success(Bytes clusterId) {
    return InitResponse.newBuilder()
        .setInitSuccess(
            InitSuccess.newBuilder()
                .setKubeconfig(ByteString.copyFromUtf8(KUBECONFIG))
                .setClusterId(ByteString.copyFrom(clusterId.toArray())))
        .build();
  }

  public static InitResponse failure(String error) {
    return InitResponse.newBuilder()
        .setInitFailure(InitFailure.newBuilder().setError(error))
        .build();
  }

  public static InitResponse log(String text) {
    return InitResponse.newBuilder()
        .setLog(InitLog.newBuilder().setLog(ByteString.copyFromUtf8(text)))
        .build();
  }

  public static Bytes clusterId(InitRequest request) {
    try {
      MasterSecret master = MasterSecret.fromKmsUri(request.getKmsUri());
      return ClusterId.derive(
          new HkdfKeySource(master.key(), master.salt())
              .dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH),
          Bytes.of(request.getMeasurementSalt().toByteArray()));
    } catch (Exception e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
