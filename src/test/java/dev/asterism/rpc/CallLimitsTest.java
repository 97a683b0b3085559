package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server grants to a call, and to its own shutdown. */
class CallLimitsTest extends RpcFixture {
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void letGo() {
    mayFinish.countDown();
    callers.shutdownNow();
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
    RpcServer server =
        start(
            builder()
                .limits(Limits.DEFAULT.with(Limits.Places.DEFAULT.withCalls(1, 1)))
                .service(waiting()));
    ManagedChannel channel = channel(server);
    ManagedChannel other = channel(server);
    Future<byte[]> first = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));

    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(() -> Echo.say(other, HELLO)));

    mayFinish.countDown();
    assertArrayEquals(HELLO, first.get());
    Verdicts.await("the place is free again", () -> succeeds(other));
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
            start(
                builder()
                    .limits(
                        Limits.DEFAULT.with(Limits.Times.DEFAULT.withCall(Duration.ofMillis(200))))
                    .service(echo)));

    assertEquals(Status.Code.DEADLINE_EXCEEDED, code(() -> Echo.say(channel, HELLO)));
    assertTrue(interrupted.await(10, TimeUnit.SECONDS));
  }

  @Test
  void aQuickCallIsNotInterruptedAfterwards() throws Exception {
    ManagedChannel channel =
        channel(
            start(
                builder()
                    .limits(
                        Limits.DEFAULT.with(Limits.Times.DEFAULT.withCall(Duration.ofMillis(150))))
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
}
