package dev.asterism.joinservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.crypto.CertificateRequests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SshHostKey;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.rpc.CallException;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TicketRequestTest {
  private static final String UUID = "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";
  private static final Bytes CSR =
      CertificateRequests.create(
          KeyPairs.ecP256(), "Worker_1", List.of("Worker_1.internal"), List.of("10.0.0.9"));
  private static final SshHostKey HOST_KEY = SshHostKey.generate(new SecureRandom());

  private static IssueJoinTicketRequest.Builder request() {
    return IssueJoinTicketRequest.newBuilder()
        .setDiskUuid(UUID)
        .setCertificateRequest(ByteString.copyFrom(CSR.toArray()))
        .setHostPublicKey(ByteString.copyFrom(HOST_KEY.publicKey().wire().toArray()))
        .addHostCertificatePrincipals("worker-1");
  }

  @Test
  void readsWhatAnHonestNodeAsksFor() throws Exception {
    assertEquals(
        new TicketRequest(
            UUID,
            "worker-1",
            CSR,
            false,
            Optional.of(HOST_KEY.publicKey()),
            List.of("worker-1"),
            List.of("10.0.0.9"),
            List.of("Worker_1.internal")),
        TicketRequest.parse(request().build()));
    assertTrue(TicketRequest.parse(request().setIsControlPlane(true).build()).controlPlane());
  }

  @Test
  void writesPrincipalsInLowerCaseAndOnce() throws Exception {
    assertEquals(
        List.of("worker-1", "10.0.0.1", "fd00::1", "::1", "a_b"),
        TicketRequest.parse(
                request()
                    .addAllHostCertificatePrincipals(
                        List.of("WORKER-1", "10.0.0.1", "FD00::1", "::1", "a_b"))
                    .build())
            .principals());
  }

  @Test
  void refusesPrincipalsThatMeanMoreThanOneHost() {
    for (String bad :
        List.of("*", "*.example.com", "worker-?", "!a", "a,b", "", "a b", "a\0", "ä")) {
      var request = request().addHostCertificatePrincipals(bad).build();
      assertMalformed("host_certificate_principals", request);
    }
  }

  @Test
  void refusesMorePrincipalsThanAHostHasNames() {
    var request = request().addAllHostCertificatePrincipals(Collections.nCopies(64, "a")).build();
    assertMalformed("host_certificate_principals", request);
  }

  @Test
  void refusesAHostKeyThatIsNone() {
    assertMalformed("SSH", request().setHostPublicKey(ByteString.copyFromUtf8("hello")).build());
  }

  @Test
  void asksNothingOfPrincipalsWithoutAHostKey() throws Exception {
    var request = request().clearHostPublicKey().addHostCertificatePrincipals("*").build();
    assertEquals(List.of(), TicketRequest.parse(request).principals());
  }

  @Test
  void refusesADiskThatIsNoUuid() {
    assertMalformed("disk_uuid", request().setDiskUuid("measurementSecret").build());
  }

  @Test
  void refusesARequestThatIsNoKubelets() {
    var request = request().setCertificateRequest(ByteString.copyFromUtf8("hello")).build();
    var error = assertThrows(CallException.class, () -> TicketRequest.parse(request));
    assertEquals(Status.Code.INVALID_ARGUMENT, error.code());
  }

  private static void assertMalformed(String field, IssueJoinTicketRequest request) {
    var error = assertThrows(MalformedException.class, () -> TicketRequest.parse(request));
    assertTrue(error.getMessage().contains(field), error.getMessage());
  }
}
