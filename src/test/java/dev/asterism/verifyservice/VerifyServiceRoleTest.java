package dev.asterism.verifyservice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import dev.asterism.proto.verify.APIGrpc;
import dev.asterism.proto.verify.GetAttestationRequest;
import dev.asterism.rpc.Channels;
import dev.asterism.rpc.PeerLimits;
import dev.asterism.rpc.PeerLimits.Rate;
import dev.asterism.testing.FakeIssuer;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real ports, with the generated client and a plain HTTP client. */
class VerifyServiceRoleTest {
  private static final Bytes USER_DATA = Bytes.ofUtf8("VerifyService");
  private static final InetSocketAddress ANY =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final FakeIssuer issuer = new FakeIssuer();
  private final HttpClient http = HttpClient.newHttpClient();
  private VerifyServiceRole role;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    serve(PeerLimits.DEFAULT);
  }

  private void serve(PeerLimits limits) throws IOException {
    role = new VerifyServiceRole(new VerifyServiceRole.Addresses(ANY, ANY, ANY), issuer, limits);
    channel = Channels.open("127.0.0.1:" + role.grpcPort(), null);
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    role.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void givesEvidenceOverTheNonceThroughBothDoors(int length) throws Exception {
    Bytes nonce = nonce(length);
    Bytes document = FakeIssuer.document(USER_DATA, nonce);
    assertEquals(document, attest(nonce));

    HttpResponse<String> answer = get("/?nonce=" + base64Url(nonce));
    assertEquals(200, answer.statusCode());
    assertEquals("{\"data\":\"" + document.base64() + "\"}", answer.body());
    assertEquals("application/json", answer.headers().firstValue("Content-Type").orElse(""));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 65, 1000})
  void refusesOtherNoncesWithoutAskingTheHardware(int length) throws Exception {
    awaitReady();
    int asked = issuer.asked();
    assertFails(Status.Code.INVALID_ARGUMENT, nonce(length));
    assertEquals(400, get("/?nonce=" + base64Url(nonce(length))).statusCode());
    assertEquals(asked, issuer.asked());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/?",
        "/?nonce",
        "/?nonce=",
        "/?nonce=AAAAAAAAAAAAAAAAAAAAAA",
        "/?nonce=AAAAAAAAAAAAAAAAAAAAAA==&nonce=AAAAAAAAAAAAAAAAAAAAAA==",
        "/?nonce=++++++++++++++++++++++==",
        "/?nonce=!",
      })
  void answersABadQueryWith400(String path) throws Exception {
    assertEquals(400, get(path).statusCode());
  }

  @Test
  void servesOnlyGetAndOnlyTheRoot() throws Exception {
    String query = "?nonce=" + base64Url(nonce(32));
    assertEquals(404, get("/x" + query).statusCode());
    assertEquals(404, get("//" + query).statusCode());
    var post = HttpRequest.newBuilder(uri("/" + query)).POST(BodyPublishers.ofString("x"));
    HttpResponse<String> answer = http.send(post.build(), BodyHandlers.ofString());
    assertEquals(405, answer.statusCode());
    assertEquals("GET", answer.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void saysThatItFailedButNotWhy() throws Exception {
    awaitReady();
    issuer.fail("/dev/tpmrm0: inner detail");
    Status status = assertFails(Status.Code.INTERNAL, nonce(32));
    assertFalse(String.valueOf(status.getDescription()).contains("inner detail"));
    HttpResponse<String> answer = get("/?nonce=" + base64Url(nonce(32)));
    assertEquals(500, answer.statusCode());
    assertFalse(answer.body().contains("inner detail"));
    assertEquals(200, monitoring("/readyz").statusCode());
  }

  @Test
  void turnsAGreedyPeerAwayBeforeItAsksTheHardware() throws Exception {
    stop();
    serve(new PeerLimits(new Rate(0.001, 2), new Rate(1000, 1000), 10, 10));
    awaitReady();
    attest(nonce(32));
    attest(nonce(32));
    int asked = issuer.asked();
    assertFails(Status.Code.RESOURCE_EXHAUSTED, nonce(32));
    HttpResponse<String> answer = get("/?nonce=" + base64Url(nonce(32)));
    assertEquals(429, answer.statusCode());
    assertEquals("1", answer.headers().firstValue("Retry-After").orElse(""));
    assertEquals(asked, issuer.asked());
  }

  @Test
  void doesNotQueueBehindHardwareThatHangs() throws Exception {
    stop();
    serve(new PeerLimits(new Rate(1000, 1000), new Rate(1000, 1000), 2, 2));
    awaitReady();
    int before = issuer.asked();
    issuer.holdUp();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var first = threads.submit(() -> attest(nonce(32)));
      var second = threads.submit(() -> get("/?nonce=" + base64Url(nonce(32))));
      while (issuer.asked() < before + 2) {
        Thread.sleep(5);
      }
      assertFails(Status.Code.RESOURCE_EXHAUSTED, nonce(32));
      issuer.release(2);
      first.get();
      assertEquals(200, second.get().statusCode());
    }
  }

  @Test
  void answersManyAtOnceThroughBothDoors() throws Exception {
    stop();
    serve(new PeerLimits(new Rate(1000, 1000), new Rate(1000, 1000), 50, 50));
    awaitReady();
    var calls =
        IntStream.range(0, 50)
            .<Callable<Bytes>>mapToObj(i -> () -> i % 2 == 0 ? attest(nonce(32)) : getData(i))
            .toList();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = threads.invokeAll(calls);
      for (int i = 0; i < answers.size(); i++) {
        Bytes nonce = i % 2 == 0 ? nonce(32) : nonce(16 + i % 48);
        assertEquals(FakeIssuer.document(USER_DATA, nonce), answers.get(i).get());
      }
    }
  }

  @Test
  void countsByDoorAndResult() throws Exception {
    attest(nonce(32));
    get("/");
    String text = monitoring("/metrics").body();
    assertTrue(text.contains("asterism_quotes_total{door=\"grpc\",result=\"issued\"} 1.0"), text);
    assertTrue(
        text.contains("asterism_quotes_total{door=\"http\",result=\"bad-nonce\"} 1.0"), text);
    assertTrue(text.contains("asterism_quote_seconds_count 1\n"), text);
  }

  @Test
  void startsWhileTheHardwareFailsAndSaysSo() throws Exception {
    stop();
    issuer.fail("no device");
    serve(PeerLimits.DEFAULT);
    HttpResponse<String> answer = monitoring("/readyz");
    for (int i = 0; i < 1000 && !answer.body().contains("no evidence"); i++) {
      Thread.sleep(5);
      answer = monitoring("/readyz");
    }
    assertEquals(503, answer.statusCode());
    assertEquals("the attestation device gives no evidence, see the log\n", answer.body());
    assertEquals(200, monitoring("/healthz").statusCode());
  }

  @Test
  void becomesReadyWithTheFirstEvidence() throws Exception {
    issuer.fail("no device");
    try (var probe = new StartProbe(issuer, java.time.Duration.ofMillis(5))) {
      Thread.sleep(20);
      assertFalse(probe.readiness().ready());
      issuer.fail(null);
      while (!probe.readiness().ready()) {
        Thread.sleep(5);
      }
    }
  }

  private void awaitReady() throws Exception {
    while (monitoring("/readyz").statusCode() != 200) {
      Thread.sleep(5);
    }
  }

  private Bytes attest(Bytes nonce) {
    var request =
        GetAttestationRequest.newBuilder().setNonce(ByteString.copyFrom(nonce.toArray())).build();
    return Bytes.of(
        APIGrpc.newBlockingStub(channel).getAttestation(request).getAttestation().toByteArray());
  }

  private Status assertFails(Status.Code code, Bytes nonce) {
    var failure = assertThrows(StatusRuntimeException.class, () -> attest(nonce));
    assertEquals(code, failure.getStatus().getCode(), failure.getMessage());
    return failure.getStatus();
  }

  private Bytes getData(int i) throws Exception {
    String body = get("/?nonce=" + base64Url(nonce(16 + i % 48))).body();
    return Json.base64(Json.object("answer", body), "data");
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> monitoring(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + role.monitoringPort() + path);
    return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + role.httpPort() + path);
  }

  private static Bytes nonce(int length) {
    byte[] nonce = new byte[length];
    for (int i = 0; i < length; i++) {
      nonce[i] = (byte) (0xf0 + i);
    }
    return Bytes.of(nonce);
  }

  private static String base64Url(Bytes nonce) {
    return Base64.getUrlEncoder().encodeToString(nonce.toArray());
  }
}
