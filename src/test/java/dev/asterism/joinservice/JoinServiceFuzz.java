package dev.asterism.joinservice;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.kubernetes.IpRange;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

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
            .refusing(InvalidProtocolBufferException.class),
        FuzzTarget.ofText(
            "OwnNames",
            JoinServiceFuzz::own,
            "10.0.0.9,fd00::9,127.0.0.1\nworker-1,Worker_1\nworker_1,fd00:0::9,10.0.0.9",
            "10.0.0.9\nworker-1\nworker-1"));
  }

  /** Addresses, DNS names and principals, a line of each. */
  private static List<String> own(String text) throws MalformedException {
    List<List<String>> lines =
        text.lines().map(line -> List.of(line.split(",", -1))).limit(3).toList();
    if (lines.size() < 3) {
      throw new MalformedException("request", "has no three lines");
    }
    var request =
        new TicketRequest(
            "disk",
            "worker-1",
            Bytes.EMPTY,
            false,
            Optional.empty(),
            lines.get(2),
            lines.get(0),
            lines.get(1));
    OwnNames.check(
        request,
        List.of("10.0.0.9"),
        IpRange.parse("services", "10.96.0.0/12,fd00:96::/112"),
        List.of("192.0.2.10", "fd00:0::a"));
    return OwnNames.claimed(request);
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
