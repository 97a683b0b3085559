package dev.asterism.bootstrap;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.keys.KeyException;
import dev.asterism.kubernetes.ComponentPolicy;
import dev.asterism.kubernetes.ComponentRules;
import dev.asterism.node.Role;
import dev.asterism.proto.components.Component;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;

/** What join-services and admins tell a node, and its own note of how far it came. */
public final class BootstrapFuzz {
  private static final KeyPair KEY = KeyPairs.ecP256();
  private static final ComponentRules RULES =
      new ComponentRules(ComponentPolicy.STANDARD, Path.of("/nowhere"));
  private static final String DISK = "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";

  private BootstrapFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("Ticket", BootstrapFuzz::ticket, () -> List.of(goodTicket()))
            .refusing(InvalidProtocolBufferException.class),
        FuzzTarget.of("InitRequest", BootstrapFuzz::order, () -> List.of(goodOrder()))
            .refusing(InvalidProtocolBufferException.class)
            .refusing(KeyException.class),
        FuzzTarget.of(
                "JoinServicesOfImage",
                json -> JoinServices.ofImage(new QemuVtpm(), json),
                () ->
                    List.of(
                        Bytes.ofUtf8(
                            "[{\"variant\": \"qemu-vtpm\", \"measurements\": {\"4\": \"%s\"}}]"
                                .formatted("0f".repeat(32)))))
            .quoting("an image's maker must know which register of his own file is meant"),
        progress());
  }

  private static Object ticket(Bytes input) throws Exception {
    var response = IssueJoinTicketResponse.parseFrom(input.toArray());
    try (Ticket ticket = Ticket.of(response, KEY.getPublic(), true, RULES)) {
      return ticket.controlPlaneFiles();
    }
  }

  private static Object order(Bytes input) throws Exception {
    var request = InitRequest.parseFrom(input.toArray());
    try (InitOrder order = InitOrder.of(request, DISK)) {
      return List.of(
          order.clusterId(), RULES.check(Texts.components(request.getKubernetesComponentsList())));
    }
  }

  private static FuzzTarget<Progress> progress() {
    var file = new FuzzFile("progress.json");
    var progress = new ProgressFile(file.path());
    FuzzTarget.Writer<Progress> writer =
        value -> {
          progress.write(value);
          return file.content();
        };
    return FuzzTarget.of(
            "ProgressFile",
            json -> {
              file.with(json);
              return progress.read().orElseThrow();
            },
            () ->
                List.of(
                    writer.write(
                        new Progress(Progress.Phase.values()[0], Bytes.zeros(32), Role.WORKER))))
        .writing(writer)
        .refusing(IOException.class);
  }

  private static Bytes goodTicket() {
    var authority = CertificateAuthority.create("ca", Instant.EPOCH, Instant.EPOCH.plusSeconds(60));
    String certificate =
        Pem.encode(
            authority.issue(
                new CertificateAuthority.Request(
                    KEY.getPublic(),
                    "CN=system:node:n,O=system:nodes",
                    Instant.EPOCH,
                    Instant.EPOCH.plusSeconds(60),
                    CertificateAuthority.Usage.KUBELET,
                    List.of(),
                    List.of())));
    var response =
        IssueJoinTicketResponse.newBuilder()
            .setStateDiskKey(bytes(32))
            .setMeasurementSalt(bytes(32))
            .setMeasurementSecret(bytes(32))
            .setKubeletCert(ByteString.copyFromUtf8(certificate))
            .setApiServerEndpoint("[fd00::1]:6443")
            .setToken(FakeJoinService.TOKEN)
            .setDiscoveryTokenCaCertHash("sha256:" + "0f".repeat(32))
            .setAuthorizedCaPublicKey(ByteString.copyFromUtf8("ssh-ed25519 AAAA comment\n"))
            .addKubernetesComponents(component());
    FakeJoinService.CONTROL_PLANE_FILES.forEach(
        name -> response.addControlPlaneFilesBuilder().setName(name));
    return Bytes.of(response.build().toByteArray());
  }

  private static Bytes goodOrder() {
    String zeros = "A".repeat(43) + "%3D";
    return Bytes.of(
        InitRequest.newBuilder()
            .setKmsUri("kms://cluster-kms?key=" + zeros + "&salt=" + zeros)
            .setStorageUri("storage://no-store")
            .setMeasurementSalt(bytes(32))
            .setKubernetesVersion("v1.31.0")
            .setClusterName("c-1")
            .setServiceCidr("10.96.0.0/12")
            .addApiserverCertSans("*.example")
            .addKubernetesComponents(component())
            .build()
            .toByteArray());
  }

  private static Component component() {
    return Component.newBuilder()
        .setUrl("https://example/x.tgz")
        .setHash("sha256:" + "0f".repeat(32))
        .setInstallPath("/opt/cni/bin")
        .setExtract(true)
        .build();
  }

  private static ByteString bytes(int length) {
    return ByteString.copyFrom(new byte[length]);
  }
}
