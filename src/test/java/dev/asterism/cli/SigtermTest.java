package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.atls.AtlsClient;
import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.crypto.Bcrypt;
import dev.asterism.crypto.Secret;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.proto.init.InitRequest;
import dev.asterism.proto.join.IssueRejoinTicketRequest;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.testing.HalfSentCall;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to real processes: a call that has begun is answered, nothing new is taken. */
@Timeout(300)
class SigtermTest {
  @TempDir private Path folder;

  private final SecureRandom random = new SecureRandom();

  private <Q, A> Status answered(
      RoleProcess role,
      int port,
      @Nullable SslContext tls,
      MethodDescriptor<Q, A> method,
      Q request)
      throws Exception {
    ManagedChannel channel = Channels.open("127.0.0.1:" + port, tls);
    try (role) {
      var call = new HalfSentCall<>(channel, method, request);
      role.terminate();
      role.assertAlive();
      Status status = call.finish();
      role.assertEnds();
      return status;
    } finally {
      channel.shutdownNow();
    }
  }

  private String file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content).toString();
  }

  private String tpm() throws IOException {
    Path state = folder.resolve("tpm.json");
    SoftwareTpm.create(state, random);
    return "software:" + state;
  }

  @Test
  void theVerifyServiceAnswersWhatHasBegun() throws Exception {
    List<Integer> ports = RoleProcess.freePorts(3);
    RoleProcess role =
        RoleProcess.start(
            folder.resolve("log"),
            ports.get(0),
            "verify-service",
            "--attestation-variant=qemu-vtpm",
            "--tpm=" + tpm(),
            "--listen=127.0.0.1:" + ports.get(0),
            "--http=127.0.0.1:" + ports.get(1),
            "--monitoring=127.0.0.1:" + ports.get(2));
    // The first quote makes the TPM's key.
    role.awaitReady(ports.get(2));
    var request =
        GetAttestationRequest.newBuilder().setNonce(ByteString.copyFrom(new byte[32])).build();
    assertEquals(
        Status.Code.OK,
        answered(
                role,
                ports.get(0),
                null,
                dev.asterism.proto.verify.APIGrpc.getGetAttestationMethod(),
                request)
            .getCode());
  }

  private RoleProcess keyService(List<Integer> ports) throws Exception {
    return RoleProcess.start(
        folder.resolve("key-log"),
        ports.get(0),
        "key-service",
        "--plain",
        "--master-secret=" + file("mastersecret", "m".repeat(32)),
        "--salt=" + file("salt", "s".repeat(32)),
        "--audit=" + folder.resolve("keys.jsonl"),
        "--listen=127.0.0.1:" + ports.get(0),
        "--monitoring=127.0.0.1:" + ports.get(1));
  }

  @Test
  void theKeyServiceAnswersWhatHasBegun() throws Exception {
    List<Integer> ports = RoleProcess.freePorts(2);
    var request = GetDataKeyRequest.newBuilder().setDataKeyId("volume-1").setLength(32).build();
    assertEquals(
        Status.Code.OK,
        answered(
                keyService(ports),
                ports.get(0),
                null,
                dev.asterism.proto.kms.APIGrpc.getGetDataKeyMethod(),
                request)
            .getCode());
  }

  @Test
  void theJoinServiceAnswersWhatHasBegun() throws Exception {
    List<Integer> ports = RoleProcess.freePorts(4);
    Path config = Files.createDirectory(folder.resolve("config"));
    Files.writeString(
        config.resolve("attestationConfig"),
        "{\"measurements\":{\"4\":{\"expected\":\"%s\",\"warnOnly\":false}}}"
            .formatted("0".repeat(64)));
    Files.write(config.resolve("measurementSalt"), new byte[32]);
    try (var keys = keyService(ports.subList(2, 4))) {
      keys.assertAlive();
      RoleProcess role =
          RoleProcess.start(
              folder.resolve("join-log"),
              ports.get(0),
              "join-service",
              "--attestation-variant=qemu-vtpm",
              "--config=" + config,
              "--key-service-plain",
              "--key-service-endpoint=127.0.0.1:" + ports.get(2),
              "--audit=" + folder.resolve("joins.jsonl"),
              "--root=" + folder.resolve("root"),
              "--standalone",
              "--listen=127.0.0.1:" + ports.get(0),
              "--monitoring=127.0.0.1:" + ports.get(1));
      SslContext node =
          AtlsClient.context(
              QemuVtpm.issuer(SoftwareTpm.inMemory(random), Optional::empty, List.of()), null);
      var request = IssueRejoinTicketRequest.newBuilder().setDiskUuid("none").build();
      assertEquals(
          Status.Code.INVALID_ARGUMENT,
          answered(
                  role,
                  ports.get(0),
                  node,
                  dev.asterism.proto.join.APIGrpc.getIssueRejoinTicketMethod(),
                  request)
              .getCode());
    }
  }

  @Test
  void bootstrapAnswersAnAdminWhoHasBegun() throws Exception {
    List<Integer> ports = RoleProcess.freePorts(2);
    String hash;
    try (Secret secret = Secret.copyOf("right".getBytes())) {
      hash = Bcrypt.hash(secret, 4, random);
    }
    String metadata =
        file(
            "metadata.json",
            "{\"name\":\"control-plane-1\",\"providerId\":\"x\",\"role\":\"control-plane\","
                + "\"ip\":\"127.0.0.1\",\"apiServerEndpoint\":\"127.0.0.1:6443\","
                + "\"joinEndpoints\":[],\"initSecretHash\":\""
                + hash
                + "\"}");
    RoleProcess role =
        RoleProcess.start(
            folder.resolve("log"),
            ports.get(0),
            "bootstrap",
            "--attestation-variant=qemu-vtpm",
            "--tpm=" + tpm(),
            "--metadata=static:" + metadata,
            "--root=" + folder.resolve("root"),
            "--join-old-cluster",
            "--standalone",
            "--listen=127.0.0.1:" + ports.get(0),
            "--monitoring=127.0.0.1:" + ports.get(1));
    Status status =
        answered(
            role,
            ports.get(0),
            AtlsClient.context(null, null),
            dev.asterism.proto.init.APIGrpc.getInitMethod(),
            InitRequest.newBuilder().setInitSecret(ByteString.copyFromUtf8("wrong")).build());
    assertTrue(
        status.getCode() != Status.Code.UNAVAILABLE && status.getCode() != Status.Code.CANCELLED,
        status.toString());
  }
}
