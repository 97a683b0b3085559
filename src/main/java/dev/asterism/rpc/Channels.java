package dev.asterism.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Opens channels to our services. */
public final class Channels {
  /** What a call gets that sets no deadline of its own. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(60);

  /** The largest answer, in bytes: that of a ticket with all files of a control plane, and more. */
  private static final int ANSWER = 4 * 1024 * 1024;

  private static final int CONNECT_MILLIS = 10_000;

  private static final Executor WORKERS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("rpc-client-", 0).factory());

  private Channels() {}

  /**
   * A channel that connects at its first call, and again when the connection is lost; each
   * connection is attested anew. The caller shuts it down.
   *
   * @param hostPort host and port; IPv6 addresses in brackets
   * @param context null for plaintext
   */
  public static ManagedChannel open(String hostPort, @Nullable SslContext context) {
    return builder(hostPort, context).disableRetry().build();
  }

  /**
   * The same for calls that may be made twice: one that the server did not look at any more, since
   * its connection was old, is made again on the next connection, and nobody hears of it.
   */
  public static ManagedChannel openRepeatable(String hostPort, @Nullable SslContext context) {
    return builder(hostPort, context).enableRetry().build();
  }

  static NettyChannelBuilder builder(String hostPort, @Nullable SslContext context) {
    ChannelCredentials credentials =
        context == null
            ? InsecureChannelCredentials.create()
            : ClientNegotiator.credentials(
                new TlsSettings(
                    context,
                    WORKERS,
                    Limits.Times.DEFAULT.handshake(),
                    // The caller hears of it as the status of its call.
                    TlsSettings.HandshakeListener.NOBODY));
    return NettyChannelBuilder.forTarget(target(hostPort), credentials)
        .executor(WORKERS)
        .offloadExecutor(WORKERS)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .maxInboundMessageSize(ANSWER)
        .maxInboundMetadataSize(Limits.DEFAULT.headers())
        .disableServiceConfigLookUp()
        .userAgent("asterism")
        .intercept(new Deadline());
  }

  /** As a whole URI: a host that is called like a scheme stays a host. */
  private static String target(String hostPort) {
    try {
      return new URI("dns", "", "/" + hostPort, null).toString();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not host and port: " + hostPort, e);
    }
  }

  private static final class Deadline implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return next.newCall(
          method,
          options.getDeadline() == null
              ? options.withDeadlineAfter(DEFAULT_DEADLINE.toNanos(), TimeUnit.NANOSECONDS)
              : options);
    }
  }
}
