package dev.asterism.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.google.protobuf.ByteString;
import dev.asterism.admin.Endpoint;
import dev.asterism.admin.NodeException;
import dev.asterism.admin.NodeRefusedException;
import dev.asterism.admin.RecoverNodes;
import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Variant;
import dev.asterism.bootstrap.JoinServices;
import dev.asterism.crypto.Secret;
import dev.asterism.keys.HkdfKeySource;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.MasterSecret;
import dev.asterism.proto.recover.RecoverMessage;
import dev.asterism.proto.recover.RecoverResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.testing.FakeJoinService;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnlockTest {
  private static final String UUID = "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";
  private static final Bytes GOOD = Bytes.ofUtf8("0123456789abcdef0123456789abcdef");
  private static final Bytes JOINED = Bytes.ofUtf8("what a cluster's id leaves there");
  private static final Issuer BOOTED = FakePlatform.issuer(Map.of(4, GOOD));
  private static final int SECONDS = 30;

  private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
  private final CompletableFuture<UnlockKeys> found = new CompletableFuture<>();
  private volatile List<String> endpoints = List.of();

  /** How join-services are verified; null: not at all. */
  private @Nullable PeerVerification joinServices;

  /** For join-services of the tests; admins look at {@link #BOOTED}. */
  private Issuer issuer = DummyEvidence.issuer(Variant.QEMU_VTPM);

  private Thread running = Thread.startVirtualThread(() -> {});

  @AfterEach
  void stop() throws InterruptedException {
    running.interrupt();
    running.join(Duration.ofSeconds(SECONDS));
  }

  @Test
  void takesTheKeyOfTheOneJoinServiceThatGivesIt() throws Exception {
    try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var refusing = new FakeJoinService();
        var good = new FakeJoinService()) {
      // One takes connections and never speaks; it holds up nobody.
      refusing.refuse(new CallException(Status.Code.PERMISSION_DENIED, "not yours"));
      endpoints = List.of("127.0.0.1:" + deaf.getLocalPort(), refusing.endpoint(), good.endpoint());
      start(disk(FakeJoinService.KEYS), null);

      try (UnlockKeys keys = keys()) {
        assertEquals(key(FakeJoinService.KEYS, UUID), keys.diskKey());
        assertEquals(
            key(FakeJoinService.KEYS, KeyIds.MEASUREMENT_SECRET), keys.measurementSecret());
      }
      assertEquals(UUID, good.rejoins.getFirst().getDiskUuid());
    }
  }

  @Test
  void asksAgainUntilSomebodyIsThere() throws Exception {
    start(disk(FakeJoinService.KEYS), null);
    assertEquals("there is no other control plane to ask", heard());
    try (var late = new FakeJoinService()) {
      endpoints = List.of(late.endpoint());
      keys().close();
    }
  }

  /** The key that such a one gives is the right one: only what it proves is in the way. */
  @Test
  void takesAKeyOnlyOfAMachineThatRunsAGoodImageAndHasJoined() throws Exception {
    joinServices =
        JoinServices.verification(
            JoinServices.ofImage(
                new FakePlatform(),
                Bytes.ofUtf8("{\"measurements\": {\"4\": \"" + GOOD.hex() + "\"}}")),
            InstantSource.system());
    start(disk(FakeJoinService.KEYS), null);
    try (var silent = new FakeJoinService();
        var changed = new FakeJoinService(FakePlatform.issuer(Map.of(4, JOINED, 15, JOINED)));
        var outside = new FakeJoinService(FakePlatform.issuer(Map.of(4, GOOD)));
        var good = new FakeJoinService(FakePlatform.issuer(Map.of(4, GOOD, 15, JOINED)))) {
      for (FakeJoinService bad : List.of(silent, changed, outside)) {
        endpoints = List.of(bad.endpoint());
        heardUntil("join-service " + bad.endpoint() + " is refused");
        assertEquals(List.of(), bad.rejoins);
      }
      assertFalse(found.isDone());
      endpoints = List.of(good.endpoint());
      keys().close();
    }
  }

  @Test
  void takesNoKeyThatDoesNotOpenThisDisk() throws Exception {
    try (var liar = new FakeJoinService()) {
      liar.spoilRejoin(ticket -> ticket.setStateDiskKey(ByteString.copyFrom(new byte[32])));
      endpoints = List.of(liar.endpoint());
      start(disk(FakeJoinService.KEYS), null);
      assertEquals(
          "no key yet: " + liar.endpoint() + " gave a key that does not open this disk", heard());
      liar.spoilRejoin(ticket -> ticket.setMeasurementSecret(ByteString.EMPTY));
      assertTrue(heardUntil("wrong length").contains(liar.endpoint()));
      assertFalse(found.isDone());
      liar.spoilRejoin(ticket -> {});
      keys().close();
    }
  }

  @Test
  void asksTheOthersWhereAnAddressIsNone() throws Exception {
    endpoints = List.of("no_host:1", "127.0.0.1:99999");
    start(disk(FakeJoinService.KEYS), null);
    assertTrue(heard().contains("no_host:1"));
    try (var good = new FakeJoinService()) {
      endpoints = List.of("no_host:1", "127.0.0.1:99999", good.endpoint());
      keys().close();
    }
  }

  @Test
  void saysWhoRefusesWithHisWords() throws Exception {
    try (var refusing = new FakeJoinService()) {
      refusing.refuse(new CallException(Status.Code.PERMISSION_DENIED, "not your disk"));
      endpoints = List.of(refusing.endpoint());
      start(disk(FakeJoinService.KEYS), null);
      assertEquals(
          "refused: no key: refused by "
              + refusing.endpoint()
              + " (PERMISSION_DENIED): not your disk",
          heard());
    }
  }

  @Test
  void isRefusedByWhoeverBreaksItsHandshakeOff() throws Exception {
    issuer = DummyEvidence.issuer(Variant.QEMU_VTPM, (userData, nonce) -> Bytes.EMPTY);
    try (var refusing = new FakeJoinService()) {
      endpoints = List.of(refusing.endpoint());
      start(disk(FakeJoinService.KEYS), null);
      String line = heard();
      assertTrue(line.startsWith("refused: no key: refused by " + refusing.endpoint()), line);
      assertTrue(line.contains("bad_certificate"), line);
    }
  }

  @Test
  void isNotRefusedAsLongAsSomebodyMayStillAnswer() throws Exception {
    try (var refusing = new FakeJoinService()) {
      refusing.refuse(new CallException(Status.Code.PERMISSION_DENIED, "not your disk"));
      endpoints = List.of(refusing.endpoint(), "127.0.0.1:" + freePort());
      start(disk(FakeJoinService.KEYS), null);
      String line = heard();
      assertTrue(line.startsWith("no key yet: "), line);
      assertTrue(line.contains("not your disk") && line.contains("does not answer"), line);
    }
  }

  @Test
  void letsAnAdminBringTheSecretAndThenServesNobody() throws Exception {
    issuer = BOOTED;
    var master = MasterSecret.generate(new SecureRandom());
    int port = freePort();
    start(disk(source(master)), port);

    List<RecoverNodes.Result> results = recover(master, port);

    assertEquals(1, results.getFirst().recovered(), () -> "" + results.getFirst().failure());
    try (UnlockKeys keys = keys()) {
      assertEquals(key(source(master), UUID), keys.diskKey());
    }
    running.join();
    assertNobodyListens(port);
  }

  @Test
  void goesOnWaitingBehindAWrongSecret() throws Exception {
    issuer = BOOTED;
    var master = MasterSecret.generate(new SecureRandom());
    int port = freePort();
    start(disk(source(master)), port);

    RecoverNodes.Result wrong = recover(MasterSecret.generate(new SecureRandom()), port).getFirst();

    assertEquals(0, wrong.recovered());
    NodeException failure = (NodeException) wrong.failure();
    assertTrue(
        failure.getMessage().contains("does not open the node's disk " + UUID),
        failure.getMessage());
    assertFalse(found.isDone());
    assertEquals(1, recover(master, port).getFirst().recovered());
    keys().close();
  }

  @Test
  void isSentNothingWhereTheNodeIsNotWhatItMustBe() throws Exception {
    var master = MasterSecret.generate(new SecureRandom());
    for (Issuer bad :
        List.of(
            FakePlatform.issuer(Map.of(4, Bytes.zeros(32))),
            // Its register is spent.
            FakePlatform.issuer(Map.of(4, GOOD, 15, GOOD)))) {
      issuer = bad;
      int port = freePort();
      start(disk(source(master)), port);
      RecoverNodes.Result result = recover(master, port).getFirst();
      assertEquals(0, result.recovered());
      assertTrue(result.failure() instanceof NodeRefusedException, () -> "" + result.failure());
      assertFalse(found.isDone());
      stop();
    }
  }

  @Test
  void endsRecoveryWhereAJoinServiceComesFirst() throws Exception {
    int port = freePort();
    try (var good = new FakeJoinService()) {
      endpoints = List.of(good.endpoint());
      start(disk(FakeJoinService.KEYS), port);
      keys().close();
      running.join();
      assertNobodyListens(port);
    }
  }

  @Test
  void servesNoRecoveryOnAWorker() throws Exception {
    int port = freePort();
    start(disk(FakeJoinService.KEYS), null);
    heard();
    assertNobodyListens(port);
    assertEquals(
        0, recover(MasterSecret.generate(new SecureRandom()), port).getFirst().recovered());
  }

  @Test
  void zeroesAKeyThatComesTooLate() throws Exception {
    var tried = new CompletableFuture<Secret>();
    try (var good = new FakeJoinService()) {
      endpoints = List.of(good.endpoint());
      start(
          disk(key -> {
            tried.complete(key);
            try {
              Thread.sleep(Duration.ofSeconds(SECONDS));
            } catch (InterruptedException e) {
              // It opens the disk; meanwhile nobody waits for it any more.
            }
            return true;
          }),
          null);
      Secret key = tried.get(SECONDS, TimeUnit.SECONDS);
      stop();
      awaitZeroed(key);
    }
  }

  @Test
  void zeroesAKeyThatCouldNotBeTried() throws Exception {
    issuer = BOOTED;
    var tried = new CompletableFuture<Secret>();
    int port = freePort();
    start(
        disk(key -> {
          tried.complete(key);
          throw new IOException("the disk cannot be read");
        }),
        port);
    assertEquals(
        0, recover(MasterSecret.generate(new SecureRandom()), port).getFirst().recovered());
    awaitZeroed(tried.get(SECONDS, TimeUnit.SECONDS));
  }

  @Test
  void aCallThatIsGivenUpWaitsForNobodysKeyToBeTried() throws Exception {
    var trying = new CountDownLatch(1);
    var service =
        new RecoveryService(
            disk(key -> {
              trying.countDown();
              try {
                Thread.sleep(Duration.ofSeconds(SECONDS));
              } catch (InterruptedException e) {
                // The test is over.
              }
              return false;
            }),
            UnlockKeys::close);
    Thread slow = Thread.startVirtualThread(() -> call(service, new CompletableFuture<>()));
    assertTrue(trying.await(SECONDS, TimeUnit.SECONDS));
    var answer = new CompletableFuture<Status.Code>();
    Thread second = Thread.startVirtualThread(() -> call(service, answer));
    second.interrupt();
    assertEquals(Status.Code.CANCELLED, answer.get(SECONDS / 2, TimeUnit.SECONDS));
    slow.interrupt();
    slow.join();
  }

  private static void call(RecoveryService service, CompletableFuture<Status.Code> answer) {
    var master = MasterSecret.generate(new SecureRandom());
    service.recover(
        RecoverMessage.newBuilder()
            .setKmsUri(master.toKmsUri().use(uri -> new String(uri, StandardCharsets.US_ASCII)))
            .setStorageUri("storage://no-store")
            .build(),
        new StreamObserver<>() {
          @Override
          public void onNext(RecoverResponse response) {
            answer.complete(Status.Code.OK);
          }

          @Override
          public void onError(Throwable failure) {
            answer.complete(Status.fromThrowable(failure).getCode());
          }

          @Override
          public void onCompleted() {}
        });
  }

  private static void awaitZeroed(Secret key) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (System.nanoTime() < end) {
      try {
        Arrays.fill(key.expose(), (byte) 0);
      } catch (IllegalStateException e) {
        return;
      }
      Thread.sleep(5);
    }
    fail("the key is still there");
  }

  private void start(LockedDisk disk, Integer recovery) throws Exception {
    var unlock =
        new Unlock(
            issuer,
            new RejoinSettings(
                Duration.ofSeconds(20), Duration.ofMillis(20), Duration.ofMillis(50), joinServices),
            () -> endpoints,
            recovery == null
                ? null
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), recovery),
            new Random(1),
            new UnlockNews() {
              @Override
              public void waiting(String why) {
                news.add(why);
              }

              @Override
              public void refused(String why) {
                news.add("refused: " + why);
              }
            });
    running =
        Thread.startVirtualThread(() -> {
          try {
            found.complete(unlock.run(disk));
          } catch (InterruptedException e) {
            // The test is over.
          } catch (IOException | RuntimeException e) {
            found.completeExceptionally(e);
          }
        });
    if (recovery != null) {
      awaitListener(recovery);
    }
  }

  private UnlockKeys keys() throws Exception {
    return found.get(SECONDS, TimeUnit.SECONDS);
  }

  private String heard() throws InterruptedException {
    return String.valueOf(news.poll(SECONDS, TimeUnit.SECONDS));
  }

  private String heardUntil(String part) throws InterruptedException {
    String line = heard();
    while (!line.contains(part) && !line.equals("null")) {
      line = heard();
    }
    return line;
  }

  private List<RecoverNodes.Result> recover(MasterSecret master, int port) throws Exception {
    var config = Json.object("config", "{\"measurements\": {\"4\": \"" + GOOD.hex() + "\"}}");
    return new RecoverNodes(InstantSource.system(), line -> {})
        .run(
            new RecoverNodes.Plan(
                List.of(new Endpoint("127.0.0.1", port)),
                new FakePlatform().policy(config),
                master,
                Duration.ofMillis(1),
                Duration.ofSeconds(SECONDS)));
  }

  private static LockedDisk disk(KeySource source) throws Exception {
    return disk(key(source, UUID)::equals);
  }

  private static LockedDisk disk(Opening opening) {
    return new LockedDisk() {
      @Override
      public String uuid() {
        return UUID;
      }

      @Override
      public boolean opens(Secret candidate) throws IOException {
        return opening.opens(candidate);
      }
    };
  }

  /** Which keys open a disk. */
  private interface Opening {
    boolean opens(Secret candidate) throws IOException;
  }

  private static KeySource source(MasterSecret master) {
    return new HkdfKeySource(master.key(), master.salt());
  }

  private static Secret key(KeySource source, String id) throws Exception {
    return source.dataKey(id, KeyIds.LENGTH);
  }

  private static void awaitListener(int port) throws InterruptedException {
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (IOException e) {
        Thread.sleep(5);
      }
    }
  }

  private static void assertNobodyListens(int port) {
    assertThrows(
        ConnectException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
