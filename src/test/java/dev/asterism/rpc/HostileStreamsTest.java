package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.Echo;
import dev.asterism.testing.RawHttp2;
import dev.asterism.testing.Verdicts;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What one connection, and one peer, may do once it speaks HTTP/2. */
@Timeout(60)
class HostileStreamsTest extends RpcFixture {
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String ECHO = "/echo.API/Say";

  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);

  @AfterEach
  void letGo() {
    mayFinish.countDown();
    callers.shutdownNow();
  }

  private RpcServer start(Limits limits) throws Exception {
    return start(builder().limits(limits).service(new Echo()));
  }

  private RpcServer startSlow(Limits.Places places) throws Exception {
    var echo =
        new Echo(() -> {
          working.countDown();
          mayFinish.await();
          return null;
        });
    return start(builder().limits(Limits.DEFAULT.with(places)).service(echo));
  }

  @Test
  void aConnectionHasOnlySoManyStreams() throws Exception {
    RpcServer server = start(Limits.DEFAULT.with(Limits.Places.DEFAULT.withStreams(2)));
    RawHttp2 hostile = new RawHttp2(socket(server)).begin();
    for (int stream = 1; stream <= 5; stream += 2) {
      hostile.call(stream, ECHO);
    }
    RawHttp2.Frame reset = hostile.await(RawHttp2.RESET);
    assertEquals(5, reset.stream());
    assertEquals(RawHttp2.REFUSED_STREAM, reset.errorCode());
    assertArrayEquals(HELLO, Echo.say(channel(server), HELLO));
  }

  @Test
  void aPeerHasOnlySoManyCallsAndOthersStillHaveTheirs() throws Exception {
    RpcServer server = startSlow(Limits.Places.DEFAULT.withCalls(10, 1));
    ManagedChannel own = channel(server);
    var first = callers.submit(() -> Echo.say(own, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));

    var refused =
        assertThrows(StatusRuntimeException.class, () -> Echo.say(channel(server), HELLO));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refused.getStatus().getCode());
    awaitRefusal("calls", "peer");

    var other = callers.submit(() -> Echo.say(channelFrom("127.0.0.2", server, null), HELLO));
    mayFinish.countDown();
    assertArrayEquals(HELLO, other.get());
    assertArrayEquals(HELLO, first.get());
  }

  @Test
  void aRequestThatNeverEndsEndsAndGivesItsPlaceBack() throws Exception {
    RpcServer server =
        start(
            Limits.DEFAULT
                .with(Limits.Times.DEFAULT.withRequest(SHORT))
                .with(Limits.Places.DEFAULT.withCalls(1, 1)));
    RawHttp2 hostile = new RawHttp2(socket(server)).begin();
    hostile.call(1, ECHO);
    hostile.send(RawHttp2.DATA, 0, 1, new byte[] {0, 0, 0, 1, 0, 'x'});
    // Between the server's own settings and this there are only headers: the status.
    RawHttp2.Frame trailers = hostile.await(RawHttp2.HEADERS);
    assertEquals(1, trailers.stream());
    assertTrue((trailers.flags() & RawHttp2.END_STREAM) != 0);
    awaitRefusal("request-time", "any");
    ManagedChannel honest = channel(server);
    Verdicts.await("the place is free", () -> succeeds(honest));
  }

  @Test
  void whoDoesNotTakeItsAnswerGivesItsPlaceBackAllTheSame() throws Exception {
    RpcServer server =
        start(
            Limits.DEFAULT
                .with(Limits.Times.DEFAULT.withCall(SHORT).withAnswer(SHORT))
                .with(Limits.Places.DEFAULT.withCalls(1, 1)));
    RawHttp2 hostile = new RawHttp2(socket(server)).begin();
    // SETTINGS_INITIAL_WINDOW_SIZE: the server may send no data at all.
    hostile.send(RawHttp2.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0});
    hostile.call(1, ECHO);
    hostile.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[] {0, 0, 0, 0, 1, 'x'});
    assertEquals(1, hostile.await(RawHttp2.RESET).stream());
    awaitRefusal("answer-time", "any");
    ManagedChannel honest = channel(server);
    Verdicts.await("the place is free", () -> succeeds(honest));
  }

  @Test
  void aHandlerThatHasItsRequestIsNotHurried() throws Exception {
    RpcServer server =
        start(
            builder()
                .limits(Limits.DEFAULT.with(Limits.Times.DEFAULT.withRequest(SHORT)))
                .service(
                    new Echo(() -> {
                      Thread.sleep(SHORT.multipliedBy(3));
                      return null;
                    })));
    assertArrayEquals(HELLO, Echo.say(channel(server), HELLO));
  }

  @Test
  void whoNeverBeginsHttp2IsClosed() throws Exception {
    RpcServer server = start(Limits.DEFAULT.with(Limits.Times.DEFAULT.withPreface(SHORT)));
    assertCloses(socket(server));
    Socket dripping = socket(server);
    var http2 = new RawHttp2(dripping);
    assertThrows(
        IOException.class,
        () -> {
          for (int i = 0; i < 23; i++) {
            http2.preface(i, i + 1);
            Thread.sleep(50);
          }
          assertCloses(dripping);
          throw new IOException("closed");
        });
    awaitRefusal("preface-time", "any");
  }

  @Test
  void whoBeganHttp2InTimeStays() throws Exception {
    RpcServer server = start(Limits.DEFAULT.with(Limits.Times.DEFAULT.withPreface(SHORT)));
    ManagedChannel channel = channel(server);
    Echo.say(channel, HELLO);
    Thread.sleep(SHORT.multipliedBy(2));
    Echo.say(channel, HELLO);
    assertTrue(!metrics.scrape().contains("preface-time"), metrics.scrape());
  }

  @Test
  void headersThatDoNotEndMakeTheirConnectionNoLessIdle() throws Exception {
    RpcServer server = start(Limits.DEFAULT.with(Limits.Times.DEFAULT.withIdle(SHORT)));
    RawHttp2 hostile = new RawHttp2(socket(server)).begin();
    hostile.send(RawHttp2.HEADERS, 0, 1, RawHttp2.headers(ECHO));
    hostile.await(RawHttp2.GO_AWAY);
  }

  @Test
  void takesNoCompressedMessages() throws Exception {
    ManagedChannel channel = channel(start(Limits.DEFAULT));
    var refused =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClientCalls.blockingUnaryCall(
                    channel,
                    Echo.SAY,
                    CallOptions.DEFAULT.withCompression("gzip"),
                    new byte[10_000]));
    assertEquals(Status.Code.UNIMPLEMENTED, refused.getStatus().getCode());
  }

  @Test
  void connectionsWithoutCallsDoNotDelayTheEnd() throws Exception {
    RpcServer server = startSlow(Limits.Places.DEFAULT);
    for (int i = 0; i < 10; i++) {
      socket(server);
      // Never answers the farewell.
      new RawHttp2(socket(server)).begin().await(RawHttp2.SETTINGS);
    }
    ManagedChannel honest = channel(server);
    var running = callers.submit(() -> Echo.say(honest, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));
    var stopping = callers.submit(() -> server.shutdown(Duration.ofDays(1)));
    Verdicts.await("no new calls", () -> !succeeds(channel(server)));
    mayFinish.countDown();
    assertArrayEquals(HELLO, running.get());
    stopping.get(20, TimeUnit.SECONDS);
  }
}
