package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.metrics.Metrics;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ClientInterceptors;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RpcServerTest {
  private static final byte[] HELLO = "hello".getBytes();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() throws Exception {
    mayFinish.countDown();
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
    callers.shutdownNow();
  }

  private static RpcServer.Builder builder() {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private RpcServer start(RpcServer.Builder builder) throws Exception {
    RpcServer server = builder.start();
    open.add(server);
    return server;
  }

  private ManagedChannel channel(RpcServer server) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + server.port(), null);
    open.add(channel::shutdownNow);
    return channel;
  }

  private Echo waiting() {
    return new Echo(() -> {
      working.countDown();
      mayFinish.await();
      return null;
    });
  }

  private static Status.Code code(Callable<byte[]> call) {
    return assertThrows(StatusRuntimeException.class, call::call).getStatus().getCode();
  }

  @Test
  void handlersBlockOnVirtualThreadsThatBearTheServersName() throws Exception {
    var thread = new AtomicReference<Thread>();
    var echo =
        new Echo(() -> {
          thread.set(Thread.currentThread());
          return null;
        });

    assertArrayEquals(HELLO, Echo.say(channel(start(builder().service(echo))), HELLO));

    assertTrue(thread.get().isVirtual());
    assertTrue(thread.get().getName().startsWith("echo-"), thread.get().getName());
  }

  @Test
  void withoutTlsTheCallerHasAnAddressAndNoProof() throws Exception {
    var echo = new Echo();
    Echo.say(channel(start(builder().service(echo))), HELLO);

    Echo.Caller caller = echo.callers().getFirst();
    assertTrue(caller.address().startsWith("127.0.0.1:"), caller.address());
    assertEquals(Optional.empty(), caller.attested());
  }

  @Test
  void outsideACallThereIsNoCaller() {
    assertEquals("unknown", Peers.address());
    assertEquals(Optional.empty(), Peers.attested());
  }

  @Test
  void refusesMessagesAndHeadersThatAreTooLarge() throws Exception {
    ManagedChannel channel =
        channel(start(builder().limits(Limits.DEFAULT.withMessage(1000)).service(new Echo())));
    assertEquals(1000, Echo.say(channel, new byte[1000]).length);

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(() -> Echo.say(channel, new byte[1001])));
    var headers = new Metadata();
    headers.put(Metadata.Key.of("padding", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9 * 1024));
    var padded =
        ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    assertThrows(StatusRuntimeException.class, () -> Echo.say(padded, HELLO));
  }

  @Test
  void turnsCallsAwayWhileTooManyAreInFlight() throws Exception {
    RpcServer server = start(builder().limits(Limits.DEFAULT.withInFlight(1)).service(waiting()));
    ManagedChannel channel = channel(server);
    ManagedChannel other = channel(server);
    Future<byte[]> first = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(() -> Echo.say(other, HELLO)));

    mayFinish.countDown();
    assertArrayEquals(HELLO, first.get());
    Verdicts.await("the place is free again", () -> succeeds(other));
  }

  private static boolean succeeds(ManagedChannel channel) {
    try {
      Echo.say(channel, HELLO);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  @Test
  void interruptsAHandlerThatTakesTooLong() throws Exception {
    var interrupted = new CountDownLatch(1);
    var echo =
        new Echo(() -> {
          try {
            Thread.sleep(Duration.ofMinutes(1));
          } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
          }
          return null;
        });
    ManagedChannel channel =
        channel(
            start(builder().limits(Limits.DEFAULT.withCall(Duration.ofMillis(200))).service(echo)));

    assertEquals(Status.Code.DEADLINE_EXCEEDED, code(() -> Echo.say(channel, HELLO)));
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aQuickCallIsNotInterruptedAfterwards() throws Exception {
    ManagedChannel channel =
        channel(
            start(
                builder()
                    .limits(Limits.DEFAULT.withCall(Duration.ofMillis(150)))
                    .service(new Echo())));
    for (int i = 0; i < 20; i++) {
      assertArrayEquals(HELLO, Echo.say(channel, HELLO));
      Thread.sleep(20);
    }
  }

  @Test
  void shutdownLetsRunningCallsFinishAndTakesNoNewOnes() throws Exception {
    RpcServer server = start(builder().service(waiting()));
    ManagedChannel channel = channel(server);
    Future<byte[]> running = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));

    Future<?> stopping = callers.submit(() -> server.shutdown(Duration.ofSeconds(20)));
    ManagedChannel late = channel(server);
    Verdicts.await("no new calls", () -> !succeeds(late));
    assertFalse(stopping.isDone());
    mayFinish.countDown();

    assertArrayEquals(HELLO, running.get());
    stopping.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shutdownCancelsWhatDoesNotFinishInTime() throws Exception {
    RpcServer server = start(builder().service(waiting()));
    ManagedChannel channel = channel(server);
    Future<byte[]> running = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));

    server.shutdown(Duration.ofMillis(100));

    var failed = assertThrows(ExecutionException.class, running::get);
    assertTrue(failed.getCause() instanceof StatusRuntimeException);
  }

  @Test
  void tellsNothingOfAnExceptionThatNobodyExpected() throws Exception {
    var echo =
        new Echo(() -> {
          throw new IllegalStateException("secret detail");
        });
    ManagedChannel channel = channel(start(builder().service(echo)));

    Status status =
        assertThrows(StatusRuntimeException.class, () -> Echo.say(channel, HELLO)).getStatus();

    assertEquals(Status.Code.INTERNAL, status.getCode());
    assertFalse(status.toString().contains("secret"), status.toString());
  }

  @Test
  void tellsNothingEitherOfAHandlerThatThrowsOutright() throws Exception {
    var echo = new Echo().throwing(new IllegalStateException("secret detail"));
    ManagedChannel channel = channel(start(builder().service(echo)));

    Status status =
        assertThrows(StatusRuntimeException.class, () -> Echo.say(channel, HELLO)).getStatus();

    assertEquals(Status.Code.INTERNAL, status.getCode());
    assertFalse(status.toString().contains("secret"), status.toString());
  }

  @Test
  void countsCallsByMethodAndStatus() throws Exception {
    var metrics = new Metrics();
    ManagedChannel channel =
        channel(
            start(
                builder()
                    .metrics(metrics)
                    .limits(Limits.DEFAULT.withMessage(10))
                    .service(new Echo())));
    Echo.say(channel, HELLO);
    Echo.say(channel, HELLO);
    code(() -> Echo.say(channel, new byte[100]));

    String scraped = metrics.scrape();
    assertTrue(
        scraped.contains("asterism_rpc_calls_total{method=\"echo.API/Say\",status=\"OK\"} 2.0"),
        scraped);
    assertTrue(scraped.contains("asterism_rpc_call_seconds_count{method=\"echo.API/Say\"}"));
  }

  @Test
  void callsWithoutADeadlineGetOne() throws Exception {
    var deadline = new AtomicReference<Deadline>();
    var echo =
        new Echo(() -> {
          deadline.set(Context.current().getDeadline());
          return null;
        });
    RpcServer server =
        start(builder().limits(Limits.DEFAULT.withCall(Duration.ofHours(1))).service(echo));
    Echo.say(channel(server), HELLO);

    long seconds = deadline.get().timeRemaining(TimeUnit.SECONDS);
    assertTrue(seconds > 30 && seconds <= 60, seconds + " s");
  }
}
