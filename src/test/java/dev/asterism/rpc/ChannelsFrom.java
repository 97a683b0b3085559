package dev.asterism.rpc;

import io.grpc.Attributes;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Channels to loopback from any of the addresses that it has: to a server, another peer each. */
public final class ChannelsFrom {
  private ChannelsFrom() {}

  /**
   * @param address an address of loopback
   */
  public static ManagedChannel open(String address, int port, @Nullable SslContext tls) {
    return Channels.builder("127.0.0.1:" + port, tls)
        .disableRetry()
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
