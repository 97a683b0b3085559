package dev.asterism.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.audit.AuditLog;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeySource;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.rpc.Channels;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class KeyServiceRoleTest {
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final KeySource KEYS = (id, length) -> Secret.copyOf(new byte[length]);

  private final AuditLog audit =
      AuditLog.to(OutputStream.nullOutputStream(), InstantSource.system());

  @Test
  void servesKeysAndShowsThatItDoes() throws Exception {
    try (var role = new KeyServiceRole(ANY, ANY, null, Callers.anyone(), KEYS, audit)) {
      var channel = Channels.open("127.0.0.1:" + role.port(), null);
      var request = GetDataKeyRequest.newBuilder().setDataKeyId("x").setLength(32).build();
      var key = APIGrpc.newBlockingStub(channel).getDataKey(request).getDataKey();
      channel.shutdownNow();
      assertEquals(32, key.size());
      assertEquals("ready\n", get(role.monitoringPort(), "/readyz"));
      assertTrue(
          get(role.monitoringPort(), "/metrics")
              .contains("asterism_data_keys_total{decision=\"given\"} 1.0"));
    }
  }

  @Test
  void leavesNoPortOpenWhereOneIsTaken() throws Exception {
    try (var first = new KeyServiceRole(ANY, ANY, null, Callers.anyone(), KEYS, audit)) {
      var taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), first.monitoringPort());
      int free;
      try (var probe = new java.net.ServerSocket(0)) {
        free = probe.getLocalPort();
      }
      var listen = new InetSocketAddress(InetAddress.getLoopbackAddress(), free);
      assertThrows(
          IOException.class,
          () -> new KeyServiceRole(listen, taken, null, Callers.anyone(), KEYS, audit));
      assertThrows(
          IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), free).close());
    }
  }

  private static String get(int port, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }
}
