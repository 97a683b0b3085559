package dev.asterism.verifyservice;

import com.google.protobuf.ByteString;
import dev.asterism.proto.verify.APIGrpc;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.proto.verify.GetAttestationResponse;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.Peers;
import dev.asterism.wire.Bytes;
import io.grpc.stub.StreamObserver;

/** Evidence over gRPC. */
final class VerifyService extends APIGrpc.APIImplBase {
  private static final String DOOR = "grpc";

  private final Quotes quotes;

  VerifyService(Quotes quotes) {
    this.quotes = quotes;
  }

  @Override
  public void getAttestation(
      GetAttestationRequest request, StreamObserver<GetAttestationResponse> out) {
    Failures.answer(
        out,
        () -> {
          Bytes nonce = Bytes.of(request.getNonce().toByteArray());
          Bytes document = quotes.quote(DOOR, Peers.inetAddress(Peers.address()), nonce);
          return GetAttestationResponse.newBuilder()
              .setAttestation(ByteString.copyFrom(document.toArray()))
              .build();
        });
  }
}
