package dev.asterism.joinservice;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.security.SecureRandom;
import java.util.List;

/** What nodes ask for. */
public final class JoinServiceFuzz {
  private JoinServiceFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
                "TicketRequest",
                input -> TicketRequest.parse(IssueJoinTicketRequest.parseFrom(input.toArray())),
                JoinServiceFuzz::requests)
            .refusing(CallException.class)
            .refusing(InvalidProtocolBufferException.class));
  }

  private static List<Bytes> requests() {
    Bytes csr = CertificateRequests.create(KeyPairs.ecP256(), "Worker_1", List.of(), List.of());
    try (SshHostKey hostKey = SshHostKey.generate(new SecureRandom())) {
      return List.of(
          Bytes.of(
              IssueJoinTicketRequest.newBuilder()
                  .setDiskUuid("0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f")
                  .setCertificateRequest(ByteString.copyFrom(csr.toArray()))
                  .setIsControlPlane(true)
                  .setHostPublicKey(ByteString.copyFrom(hostKey.publicKey().wire().toArray()))
                  .addHostCertificatePrincipals("worker-1")
                  .addHostCertificatePrincipals("fd00::1")
                  .build()
                  .toByteArray()));
    }
  }
}
