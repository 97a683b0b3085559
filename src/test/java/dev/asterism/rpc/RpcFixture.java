package dev.asterism.rpc;

import dev.asterism.testing.Echo;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** Servers and channels on this machine that end with their test. */
abstract class RpcFixture {
  static final byte[] HELLO = "hello".getBytes();

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

  static RpcServer.Builder builder() {
    return RpcServer.builder("echo", new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
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

  static boolean succeeds(ManagedChannel channel) {
    try {
      Echo.say(channel, HELLO);
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }
}
