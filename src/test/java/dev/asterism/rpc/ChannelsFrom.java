package dev.asterism.rpc;

import io.grpc.Attributes;
import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Channels to loopback from any of the addresses that it has: to a server, another peer each. */
public final class ChannelsFrom {
  private static final ExecutorService WORKERS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().factory());

  private ChannelsFrom() {}

  /**
   * @param address an address of loopback
   */
  public static ManagedChannel open(String address, int port, @Nullable SslContext tls) {
    ChannelCredentials credentials =
        tls == null
            ? InsecureChannelCredentials.create()
            : ClientNegotiator.credentials(
                new TlsSettings(
                    tls, WORKERS, Duration.ofSeconds(60), TlsSettings.HandshakeListener.NOBODY));
    return NettyChannelBuilder.forAddress("127.0.0.1", port, credentials)
        .localSocketPicker(
            new NettyChannelBuilder.LocalSocketPicker() {
              @Override
              public SocketAddress createSocketAddress(SocketAddress remote, Attributes own) {
                return new InetSocketAddress(address, 0);
              }
            })
        .build();
  }
}
