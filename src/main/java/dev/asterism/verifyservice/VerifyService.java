package dev.asterism.verifyservice;

import com.google.protobuf.ByteString;
import dev.asterism.proto.verify.APIGrpc;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.proto.verify.GetAttestationResponse;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.Peers;
import dev.asterism.wire.Bytes;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;

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
          Bytes document = quotes.quote(DOOR, address(Peers.address()), nonce);
          return GetAttestationResponse.newBuilder()
              .setAttestation(ByteString.copyFrom(document.toArray()))
              .build();
        });
  }

  /** The address in {@code host:port}; peers without one share loopback's limits. */
  static InetAddress address(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    String host = colon < 0 ? hostPort : hostPort.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int zone = host.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone));
    } catch (IllegalArgumentException e) {
      return InetAddress.getLoopbackAddress();
    }
  }
}
