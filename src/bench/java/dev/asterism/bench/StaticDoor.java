package dev.asterism.bench;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.proto.join.APIGrpc;
import dev.asterism.proto.join.IssueJoinTicketRequest;
import dev.asterism.proto.join.IssueJoinTicketResponse;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The yardstick: mutual TLS on the same BoringSSL with certificates that never change, in front of
 * a service that has its answer ready. No session is resumed.
 */
final class StaticDoor implements AutoCloseable {
  private static final Duration DAY = Duration.ofDays(1);

  private final Instant now = Instant.now();
  private final CertificateAuthority authority =
      CertificateAuthority.create("Benchmark", now.minus(DAY), now.plus(DAY));
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final SslContext clientTls;
  private final Server server;

  /**
   * @param answer what every call gets
   */
  StaticDoor(IssueJoinTicketResponse answer) throws Exception {
    clientTls =
        GrpcSslContexts.configure(
                identity(SslContextBuilder.forClient(), Usage.CLIENT), SslProvider.OPENSSL)
            .build();
    SslContext serverTls =
        GrpcSslContexts.configure(serverIdentity(), SslProvider.OPENSSL)
            .clientAuth(ClientAuth.REQUIRE)
            .build();
    serverTls.sessionContext().setSessionCacheSize(1);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .sslContext(serverTls)
            .executor(workers)
            .addService(new Ready(answer))
            .build()
            .start();
  }

  private SslContextBuilder serverIdentity() {
    KeyPair key = KeyPairs.ecP256();
    return SslContextBuilder.forServer(key.getPrivate(), certificate(key, Usage.SERVER))
        .trustManager(authority.certificate());
  }

  private SslContextBuilder identity(SslContextBuilder builder, Usage usage) {
    KeyPair key = KeyPairs.ecP256();
    return builder
        .keyManager(key.getPrivate(), certificate(key, usage))
        .trustManager(authority.certificate());
  }

  private X509Certificate certificate(KeyPair key, Usage usage) {
    return authority.issue(
        new CertificateAuthority.Request(
            key.getPublic(),
            "CN=127.0.0.1",
            now.minus(DAY),
            now.plus(DAY),
            usage,
            List.of(),
            List.of("127.0.0.1")));
  }

  /** A client that always asks the same. */
  Storm.Client client(IssueJoinTicketRequest request) {
    return () -> {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
              .sslContext(clientTls)
              .executor(workers)
              .offloadExecutor(workers)
              .disableRetry()
              .disableServiceConfigLookUp()
              .build();
      try {
        if (APIGrpc.newBlockingStub(channel).issueJoinTicket(request).getStateDiskKey().size()
            != 32) {
          throw new IllegalStateException("another answer");
        }
      } finally {
        channel.shutdownNow();
      }
    };
  }

  private static final class Ready extends APIGrpc.APIImplBase {
    private final IssueJoinTicketResponse answer;

    private Ready(IssueJoinTicketResponse answer) {
      this.answer = answer;
    }

    @Override
    public void issueJoinTicket(
        IssueJoinTicketRequest request, StreamObserver<IssueJoinTicketResponse> out) {
      out.onNext(answer);
      out.onCompleted();
    }
  }

  @Override
  public void close() {
    server.shutdownNow();
    workers.shutdownNow();
  }
}
