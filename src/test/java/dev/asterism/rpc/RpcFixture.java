package dev.asterism.rpc;

import dev.asterism.metrics.Metrics;
import dev.asterism.testing.Echo;
import dev.asterism.testing.Verdicts;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Servers and channels on this machine that end with their test. */
abstract class RpcFixture {
  static final byte[] HELLO = "hello".getBytes();

  final Metrics metrics = new Metrics();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  final void close() throws Exception {
    for (AutoCloseable closeable : open.reversed()) {
      closeable.close();
    }
  }

  /** Closes it after the test, before what was opened earlier. */
  final <C extends AutoCloseable> C opened(C closeable) {
    open.add(closeable);
    return closeable;
  }

  final RpcServer.Builder builder() {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .metrics(metrics);
  }

  final RpcServer start(RpcServer.Builder builder) throws Exception {
    return opened(builder.start());
  }

  final ManagedChannel channel(RpcServer server, @Nullable SslContext tls) {
    ManagedChannel channel = Channels.open("127.0.0.1:" + server.port(), tls);
    open.add(channel::shutdownNow);
    return channel;
  }

  final ManagedChannel channel(RpcServer server) {
    return channel(server, null);
  }

  /** A channel from another of the addresses that loopback has. */
  final ManagedChannel channelFrom(String address, RpcServer server, @Nullable SslContext tls) {
    ManagedChannel channel = ChannelsFrom.open(address, server.port(), tls);
    open.add(channel::shutdownNow);
    return channel;
  }

  /** A socket that ends with the test, and whose reads end. */
  final Socket socketFrom(String address, RpcServer server) throws IOException {
    var socket =
        opened(
            new Socket(
                InetAddress.getLoopbackAddress(),
                server.port(),
                InetAddress.ofLiteral(address),
                0));
    socket.setSoTimeout(10_000);
    return socket;
  }

  final Socket socket(RpcServer server) throws IOException {
    return socketFrom("127.0.0.1", server);
  }

  /** Waits until the other side has closed. */
  static void assertCloses(Socket socket) {
    try {
      while (socket.getInputStream().read() >= 0) {}
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the server keeps the connection", e);
    } catch (IOException e) {
      // Closed while this side had more to say.
    }
  }

  final void awaitRefusal(String limit, String scope) {
    String line = "asterism_refusals_total{limit=\"%s\",scope=\"%s\"}".formatted(limit, scope);
    Verdicts.await(limit + " is counted", () -> metrics.scrape().contains(line));
  }

  static boolean succeeds(ManagedChannel channel) {
    try {
      Echo.say(channel, HELLO);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
