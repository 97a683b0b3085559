package dev.asterism.bootstrap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.ComponentRules;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.testing.RandomChanges;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TicketTest {
  private static final KeyPair KEY = KeyPairs.ecP256();
  private static final ComponentRules RULES =
      new ComponentRules(ComponentPolicy.STANDARD, Path.of("/nowhere"));
  private static final CertificateAuthority CA =
      CertificateAuthority.create("ca", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));

  private static String certificate(KeyPair key) {
    return Pem.encode(
        CA.issue(
            new CertificateAuthority.Request(
                key.getPublic(),
                "CN=system:node:n,O=system:nodes",
                Instant.EPOCH,
                Instant.EPOCH.plusSeconds(60),
                CertificateAuthority.Usage.KUBELET,
                List.of(),
                List.of())));
  }

  private static IssueJoinTicketResponse.Builder good() {
    var response =
        IssueJoinTicketResponse.newBuilder()
            .setStateDiskKey(bytes(32))
            .setMeasurementSalt(bytes(32))
            .setMeasurementSecret(bytes(32))
            .setKubeletCert(ByteString.copyFromUtf8(certificate(KEY)))
            .setApiServerEndpoint("[fd00::1]:6443")
            .setToken(FakeJoinService.TOKEN)
            .setDiscoveryTokenCaCertHash("sha256:" + "0f".repeat(32))
            .setAuthorizedCaPublicKey(ByteString.copyFromUtf8("ssh-ed25519 AAAA comment\n"))
            .setHostCertificate(
                ByteString.copyFromUtf8("ssh-ed25519-cert-v01@openssh.com AAAA==\n"));
    FakeJoinService.CONTROL_PLANE_FILES.forEach(
        name -> response.addControlPlaneFilesBuilder().setName(name));
    return response;
  }

  private static ByteString bytes(int length) {
    return ByteString.copyFrom(new byte[length]);
  }

  @Test
  void takesATicketAsItMustBe() throws MalformedException {
    try (Ticket ticket = Ticket.of(good().build(), KEY.getPublic(), true, RULES)) {
      assertEquals(8, ticket.controlPlaneFiles().size());
      assertEquals("[fd00::1]:6443", ticket.apiServerEndpoint());
    }
  }

  @Test
  void takesATicketWithoutSshAndApiServer() throws MalformedException {
    var old =
        good().clearAuthorizedCaPublicKey().clearHostCertificate().clearApiServerEndpoint().build();

    try (Ticket ticket = Ticket.of(old, KEY.getPublic(), true, RULES)) {
      assertEquals("", ticket.sshCa() + ticket.hostCertificate() + ticket.apiServerEndpoint());
    }
  }

  @Test
  void saysNothingSecretOfItself() throws MalformedException {
    try (Ticket ticket = Ticket.of(good().build(), KEY.getPublic(), true, RULES)) {
      assertFalse(ticket.toString().contains(FakeJoinService.TOKEN.substring(7)));
    }
  }

  static Stream<Arguments> oneThingWrong() {
    return Stream.of(
        wrong("state_disk_key", t -> t.setStateDiskKey(bytes(31))),
        wrong("state_disk_key", t -> t.clearStateDiskKey()),
        wrong("measurement_salt", t -> t.setMeasurementSalt(bytes(33))),
        wrong("measurement_secret", t -> t.setMeasurementSecret(bytes(16))),
        wrong("kubelet_cert", t -> t.clearKubeletCert()),
        wrong("kubelet_cert", t -> t.setKubeletCert(ByteString.copyFromUtf8("PEM?"))),
        wrong(
            "kubelet_cert",
            t -> t.setKubeletCert(ByteString.copyFromUtf8(certificate(KeyPairs.ecP256())))),
        wrong("api_server_endpoint", t -> t.setApiServerEndpoint("host")),
        wrong("api_server_endpoint", t -> t.setApiServerEndpoint("--kubeconfig=/x:1")),
        wrong("api_server_endpoint", t -> t.setApiServerEndpoint("a\nb:1")),
        wrong("token", t -> t.setToken("")),
        wrong("token", t -> t.setToken("ABCDEF.0123456789abcdef")),
        wrong("token", t -> t.setToken(FakeJoinService.TOKEN + "\n")),
        wrong("discovery_token_ca_cert_hash", t -> t.clearDiscoveryTokenCaCertHash()),
        wrong(
            "discovery_token_ca_cert_hash",
            t -> t.setDiscoveryTokenCaCertHash("sha256:" + "0f".repeat(31))),
        wrong(
            "control_plane_files", t -> t.getControlPlaneFilesBuilder(0).setName("../admin.conf")),
        wrong("control_plane_files", t -> t.getControlPlaneFilesBuilder(0).setName("/etc/passwd")),
        wrong("control_plane_files", t -> t.getControlPlaneFilesBuilder(0).setName("sa.key")),
        wrong("control_plane_files", t -> t.removeControlPlaneFiles(3)),
        wrong(
            "kubernetes_components[0].url",
            t -> t.addKubernetesComponentsBuilder().setUrl("ftp://x")),
        wrong(
            "kubernetes_components[0].install_path",
            t ->
                t.addKubernetesComponentsBuilder()
                    .setUrl("data:,x")
                    .setInstallPath("/usr/lib/systemd/system/x.service")),
        wrong(
            "authorized_ca_public_key",
            t -> t.setAuthorizedCaPublicKey(ByteString.copyFromUtf8("a b\nc d"))),
        wrong("host_certificate", t -> t.setHostCertificate(ByteString.copyFromUtf8("x"))));
  }

  private static Arguments wrong(String field, Consumer<IssueJoinTicketResponse.Builder> spoil) {
    return Arguments.of(field, spoil);
  }

  @ParameterizedTest(name = "{index}: {0}")
  @MethodSource("oneThingWrong")
  void namesTheFieldThatIsWrong(String field, Consumer<IssueJoinTicketResponse.Builder> spoil) {
    IssueJoinTicketResponse.Builder ticket = good();
    spoil.accept(ticket);

    var e =
        assertThrows(
            MalformedException.class,
            () -> Ticket.of(ticket.build(), KEY.getPublic(), true, RULES));

    assertEquals(field, e.field());
  }

  @Test
  void aTicketChangedAtRandomIsTakenOrNamesAField() throws IOException {
    RandomChanges.of(
        good().build().toByteArray(),
        changed -> {
          try {
            IssueJoinTicketResponse response = IssueJoinTicketResponse.parseFrom(changed);
            Ticket.of(response, KEY.getPublic(), true, RULES).close();
          } catch (MalformedException e) {
            assertFalse(e.field().isEmpty());
          } catch (InvalidProtocolBufferException e) {
            // gRPC ends the call with a status.
          }
        });
  }
}
