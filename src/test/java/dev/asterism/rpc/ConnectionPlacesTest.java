package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.testing.Echo;
import dev.asterism.testing.RawHttp2;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has a connection where there are only so many. */
@Timeout(60)
class ConnectionPlacesTest extends AttestedFixture {
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch working = new CountDownLatch(1);
  private final CountDownLatch mayFinish = new CountDownLatch(1);
  private final Echo waiting =
      new Echo(() -> {
        working.countDown();
        mayFinish.await();
        return null;
      });

  @AfterEach
  void letGo() {
    mayFinish.countDown();
    callers.shutdownNow();
  }

  private static Limits places(int connections, int perPeer) {
    return Limits.DEFAULT.with(Limits.Places.DEFAULT.withConnections(connections, perPeer));
  }

  private List<Socket> idle(String address, RpcServer server, int count) throws Exception {
    var sockets = new ArrayList<Socket>();
    for (int i = 0; i < count; i++) {
      Socket socket = socketFrom(address, server);
      new RawHttp2(socket).begin().await(RawHttp2.SETTINGS);
      sockets.add(socket);
    }
    return sockets;
  }

  @Test
  void thePeersOwnOldestIdleConnectionMakesWay() throws Exception {
    RpcServer server = start(builder().limits(places(100, 3)).service(new Echo()));
    List<Socket> idle = idle("127.0.0.1", server, 3);
    assertArrayEquals(HELLO, Echo.say(channel(server), HELLO));
    assertCloses(idle.getFirst());
    awaitRefusal("connections-evicted", "any");
    assertStillOpen(idle.getLast());
  }

  @Test
  void whereAllIsTakenTheGreediestPeersConnectionMakesWay() throws Exception {
    RpcServer server = start(builder().limits(places(5, 4)).service(new Echo()));
    List<Socket> modest = idle("127.0.0.3", server, 1);
    List<Socket> greedy = idle("127.0.0.2", server, 4);
    assertArrayEquals(HELLO, Echo.say(channel(server), HELLO));
    assertCloses(greedy.getFirst());
    assertStillOpen(modest.getFirst());
  }

  private static void assertStillOpen(Socket socket) throws Exception {
    var http2 = new RawHttp2(socket);
    // An unknown method is answered: headers with a status.
    http2.call(1, "/echo.API/None");
    assertEquals(1, http2.await(RawHttp2.HEADERS).stream());
  }

  @Test
  void aConnectionWithACallStays() throws Exception {
    RpcServer server = start(builder().limits(places(100, 2)).service(waiting));
    ManagedChannel channel = channel(server);
    var running = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));
    idle("127.0.0.1", server, 10);
    mayFinish.countDown();
    assertArrayEquals(HELLO, running.get());
  }

  @Test
  void whereNoConnectionRestsANewOneIsClosed() throws Exception {
    RpcServer server = start(builder().limits(places(1, 1)).service(waiting));
    ManagedChannel channel = channel(server);
    var running = callers.submit(() -> Echo.say(channel, HELLO));
    assertTrue(working.await(10, TimeUnit.SECONDS));
    assertCloses(socket(server));
    awaitRefusal("connections", "any");
    mayFinish.countDown();
    assertArrayEquals(HELLO, running.get());
  }

  @Test
  void aThousandIdleConnectionsOfOnesOwnAddressDoNotStopACall() throws Exception {
    SslContext server = AtlsServer.context(issuer, serverHears.by(verifier));
    RpcServer attested = start(builder(server));
    for (int i = 0; i < 1000; i++) {
      socket(attested);
    }
    SslContext client = AtlsClient.context(issuer, clientHears.by(verifier));
    assertArrayEquals(HELLO, Echo.say(channel(attested, client), HELLO));
    awaitRefusal("connections-evicted", "any");
  }
}
