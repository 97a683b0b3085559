package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Calls, without TLS. */
class RpcServerTest extends RpcFixture {

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
  void aPortThatIsTakenIsNamed() throws Exception {
    int port = start(builder().service(new Echo())).port();
    var second = RpcServer.builder("echo", new InetSocketAddress("127.0.0.1", port)).build();

    var taken = assertThrows(IOException.class, second::start);

    second.close();
    String message = String.valueOf(taken.getMessage());
    assertTrue(message.startsWith("cannot listen on 127.0.0.1:" + port + ": "), message);
    assertTrue(message.endsWith("Address already in use"), message);
  }

  @Test
  void outsideACallThereIsNoCaller() {
    assertEquals("unknown", Peers.address());
    assertEquals(Optional.empty(), Peers.attested());
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
    ManagedChannel channel =
        channel(start(builder().limits(Limits.DEFAULT.withMessage(10)).service(new Echo())));
    Echo.say(channel, HELLO);
    Echo.say(channel, HELLO);
    assertThrows(StatusRuntimeException.class, () -> Echo.say(channel, new byte[100]));

    Verdicts.await("all are counted", () -> metrics.scrape().contains("status=\"CANCELLED\"} 1.0"));
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
        start(
            builder()
                .limits(Limits.DEFAULT.with(Limits.Times.DEFAULT.withCall(Duration.ofHours(1))))
                .service(echo));
    Echo.say(channel(server), HELLO);

    long seconds = deadline.get().timeRemaining(TimeUnit.SECONDS);
    assertTrue(seconds > 30 && seconds <= 60, seconds + " s");
  }

  @Test
  void servesIpv6() throws Exception {
    InetAddress loopback = InetAddress.ofLiteral("::1");
    assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "needs IPv6 on loopback");
    var echo = new Echo();
    RpcServer server =
        start(RpcServer.builder("echo", new InetSocketAddress(loopback, 0)).service(echo));
    ManagedChannel channel = Channels.open("[::1]:" + server.port(), null);
    opened(channel::shutdownNow);

    assertArrayEquals(HELLO, Echo.say(channel, HELLO));

    String address = echo.callers().getFirst().address();
    assertTrue(address.startsWith("[0:0:0:0:0:0:0:1"), address);
  }
}
