package dev.asterism.testing;

import com.google.protobuf.ByteString;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.proto.verify.APIGrpc;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.proto.verify.GetAttestationResponse;
import dev.asterism.rpc.RpcServer;
import dev.asterism.wire.Bytes;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A node that gives evidence to whoever asks. */
public final class FakeVerifyService implements AutoCloseable {
  /** The nonces it was asked with. */
  public final List<Bytes> nonces = new CopyOnWriteArrayList<>();

  private final RpcServer server;

  /** How it answers. */
  public interface Behaviour {
    Bytes answer(Bytes nonce) throws IssueException;
  }

  public FakeVerifyService(Issuer issuer) throws IOException {
    this(nonce -> issuer.issue(Bytes.ofUtf8("VerifyService"), nonce));
  }

  public FakeVerifyService(Behaviour behaviour) throws IOException {
    var api =
        new APIGrpc.APIImplBase() {
          @Override
          public void getAttestation(
              GetAttestationRequest request, StreamObserver<GetAttestationResponse> out) {
            Bytes nonce = Bytes.of(request.getNonce().toByteArray());
            nonces.add(nonce);
            try {
              ByteString document = ByteString.copyFrom(behaviour.answer(nonce).toArray());
              out.onNext(GetAttestationResponse.newBuilder().setAttestation(document).build());
              out.onCompleted();
            } catch (IssueException e) {
              out.onError(Status.INTERNAL.withDescription(e.getMessage()).asRuntimeException());
            }
          }
        };
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = RpcServer.builder("fake-verify", address).service(api).start();
  }

  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.close();
  }
}
