package dev.asterism.keyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.audit.AuditLog;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeySource;
import dev.asterism.metrics.Metrics;
import dev.asterism.proto.kms.APIGrpc;
import dev.asterism.proto.kms.GetDataKeyRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.rpc.RpcServer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** Over a real port, with the generated client. */
class KeyServiceTest {
  private static final String DISK = "0f8fad5b-d9cb-469f-a165-70867728950e";

  private final KeySource derived = new HkdfKeySource(Secret.copyOf(new byte[32]), Bytes.zeros(32));
  private final ByteArrayOutputStream records = new ByteArrayOutputStream();
  private final AuditLog audit = AuditLog.to(records, InstantSource.system());
  private final Metrics metrics = new Metrics();

  private volatile KeySource keys = derived;
  private RpcServer server;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    serve(audit);
  }

  private void serve(AuditLog log) throws IOException {
    server =
        RpcServer.builder("key-service", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .service(
                new KeyService(
                    (id, length) -> keys.dataKey(id, length), Callers.anyone(), log, metrics))
            .start();
    channel = Channels.open("127.0.0.1:" + server.port(), null);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    DISK + ",32",
    "measurementSecret,32",
    "ca_emergency_ssh,32",
    "pvc-0f8fad5b.volume_1,96",
    "x,1",
    "x,128",
  })
  void givesTheDerivedKey(String id, int length) throws Exception {
    assertEquals(derived.dataKey(id, length), ask(id, length));
    assertTrue(metrics.scrape().contains("asterism_data_keys_total{decision=\"given\"} 1.0"));
  }

  @ParameterizedTest
  @CsvSource({
    "'',32",
    "'measurementSecret ',32",
    "a/b,32",
    "../x,32",
    "ä,32",
    "'a\nb',32",
    "x,0",
    "x,129",
    "x,-1",
    "measurementSecret,16",
    "measurementSecret,33",
    "ca_emergency_ssh,64",
    DISK + ",0",
  })
  void refusesBadIdsAndLengthsWithoutAskingForTheKey(String id, int length) throws Exception {
    keys =
        (i, l) -> {
          throw new AssertionError("asked");
        };
    assertFails(Status.Code.INVALID_ARGUMENT, id, length);
    assertEquals("refused", Json.string(onlyRecord(), "decision"));
    assertTrue(metrics.scrape().contains("asterism_data_keys_total{decision=\"refused\"} 1.0"));
  }

  @ParameterizedTest
  @ValueSource(ints = {254, 60_000})
  void refusesALongIdAndRecordsOnlyItsBeginning(int length) throws Exception {
    assertFails(Status.Code.INVALID_ARGUMENT, "x".repeat(length), 32);
    assertEquals("x".repeat(253) + "…", Json.string(onlyRecord(), "id"));
  }

  @Test
  void recordsWhoGotWhichKeyButNotTheKey() throws Exception {
    Secret key = ask(DISK, 32);
    ObjectNode record = onlyRecord();
    assertEquals(DISK, Json.string(record, "id"));
    assertEquals(32, record.get("length").intValue());
    assertEquals("given", Json.string(record, "decision"));
    assertTrue(Json.string(record, "peer").startsWith("127.0.0.1:"));
    String text = records.toString(StandardCharsets.UTF_8);
    assertFalse(text.contains(key.use(Bytes::of).hex()));
    assertFalse(text.contains(key.use(Bytes::of).base64()));
  }

  @Test
  void givesNoKeyThatCannotBeRecorded() throws Exception {
    stop();
    serve(AuditLog.to(new FullDisk(), InstantSource.system()));
    assertFails(Status.Code.INTERNAL, DISK, 32);
    assertTrue(metrics.scrape().contains("asterism_data_keys_total{decision=\"failed\"} 1.0"));
    assertFalse(metrics.scrape().contains("given"));
  }

  @ParameterizedTest
  @EnumSource(KeyException.Reason.class)
  void tellsThePeerWhoseFaultItIsButNotWhatTheSourceSaid(KeyException.Reason reason)
      throws Exception {
    keys =
        (id, length) -> {
          throw new KeyException(reason, "inner detail");
        };
    Status.Code code =
        switch (reason) {
          case INVALID -> Status.Code.INVALID_ARGUMENT;
          case DENIED -> Status.Code.PERMISSION_DENIED;
          case UNAVAILABLE -> Status.Code.UNAVAILABLE;
        };
    Status status = assertFails(code, DISK, 32);
    assertFalse(String.valueOf(status.getDescription()).contains("inner detail"));
    assertEquals("inner detail", Json.string(onlyRecord(), "reason"));
  }

  @Test
  void aSourceThatGivesAnotherLengthGivesNothing() throws Exception {
    keys = (id, length) -> Secret.copyOf(new byte[length - 1]);
    assertFails(Status.Code.UNAVAILABLE, DISK, 32);
  }

  @Test
  void aBugInTheSourceIsOnRecordAndSaysNothingToThePeer() throws Exception {
    keys =
        (id, length) -> {
          throw new IllegalStateException("inner detail");
        };
    Status status = assertFails(Status.Code.INTERNAL, DISK, 32);
    assertFalse(String.valueOf(status.getDescription()).contains("inner detail"));
    assertEquals("failed", Json.string(onlyRecord(), "decision"));
  }

  @Test
  void answersManyAtOnce() throws Exception {
    List<Callable<Secret>> calls =
        IntStream.range(0, 100).<Callable<Secret>>mapToObj(i -> () -> ask("id-" + i, 32)).toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        assertEquals(derived.dataKey("id-" + i, 32), answers.get(i).get());
      }
    }
    assertEquals(100, records.toString(StandardCharsets.UTF_8).lines().count());
  }

  private Secret ask(String id, int length) {
    ByteString key =
        APIGrpc.newBlockingStub(channel)
            .getDataKey(GetDataKeyRequest.newBuilder().setDataKeyId(id).setLength(length).build())
            .getDataKey();
    return Secret.takeOver(key.toByteArray());
  }

  private Status assertFails(Status.Code code, String id, int length) {
    var failure = assertThrows(StatusRuntimeException.class, () -> ask(id, length));
    assertEquals(code, failure.getStatus().getCode(), failure.getMessage());
    return failure.getStatus();
  }

  private ObjectNode onlyRecord() throws MalformedException {
    List<String> lines = records.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(1, lines.size());
    ObjectNode line = Json.object("record", lines.getFirst());
    assertEquals("data-key", Json.string(line, "event"));
    return Json.child(line, "content");
  }

  private static final class FullDisk extends java.io.OutputStream {
    @Override
    public void write(int b) throws IOException {
      throw new IOException("No space left on device");
    }
  }
}
