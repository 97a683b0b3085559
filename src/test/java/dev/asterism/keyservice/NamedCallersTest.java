package dev.asterism.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.audit.AuditLog;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.Secret;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.rpc.MutualTls;
import dev.asterism.testing.TestAuthority;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** The whole role, by mutual TLS. */
class NamedCallersTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.now());
  private static final String DISK = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private final TestAuthority authority = new TestAuthority(CLOCK.instant());
  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private final List<String> derived = new ArrayList<>();
  private KeyServiceRole role;

  @BeforeEach
  void serve() throws Exception {
    var identity = authority.identity("key-service", Usage.SERVER);
    role =
        new KeyServiceRole(
            ANY,
            ANY,
            new MutualTls(() -> identity, CLOCK),
            Callers.named(Callers.JOIN_SERVICE, List.of("csi=pvc-")),
            (id, length) -> {
              derived.add(id);
              return Secret.copyOf(new byte[length]);
            },
            AuditLog.to(records, CLOCK));
  }

  @AfterEach
  void stop() {
    role.close();
  }

  @Test
  void recordsWhoHadWhichKey() throws Exception {
    ask("join-service", DISK);
    ask("csi", "pvc-1");
    assertRecord(0, "join-service", DISK, "given");
    assertRecord(1, "csi", "pvc-1", "given");
  }

  @Test
  void refusesBeforeTheKeyIsDerivedAndRecordsWhoAsked() throws Exception {
    var refusal = assertThrows(StatusRuntimeException.class, () -> ask("csi", "measurementSecret"));
    assertEquals(Status.Code.PERMISSION_DENIED, refusal.getStatus().getCode());
    assertEquals(List.of(), derived);
    assertRecord(0, "csi", "measurementSecret", "refused");
  }

  private void ask(String name, String id) {
    var identity = authority.identity(name, Usage.CLIENT);
    var channel =
        Channels.open(
            "127.0.0.1:" + role.port(), new MutualTls(() -> identity, CLOCK).client("127.0.0.1"));
    try {
      APIGrpc.newBlockingStub(channel)
          .getDataKey(GetDataKeyRequest.newBuilder().setDataKeyId(id).setLength(32).build());
    } finally {
      channel.shutdownNow();
    }
  }

  private void assertRecord(int i, String caller, String id, String decision) throws Exception {
    List<String> lines = records.toString(StandardCharsets.UTF_8).lines().toList();
    ObjectNode content = Json.child(Json.object("record", lines.get(i)), "content");
    assertEquals(caller, Json.string(content, "caller"));
    assertEquals(id, Json.string(content, "id"));
    assertEquals(decision, Json.string(content, "decision"));
  }
}
