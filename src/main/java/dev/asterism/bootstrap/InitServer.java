package dev.asterism.bootstrap;

import dev.asterism.atls.AtlsServer;
import dev.asterism.attestation.Issuer;
import dev.asterism.rpc.Limits;
import dev.asterism.rpc.RpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;

/** Where an admin finds a control plane that belongs to no cluster yet: it attests, he need not. */
final class InitServer implements AutoCloseable {
  /** kubeadm pulls images. */
  private static final Duration CALL = Duration.ofHours(1);

  /** Components and their URLs are the largest part of a request, some tens of KiB. */
  private static final int MESSAGE = 1024 * 1024;

  /** One admin calls, once. */
  private static final Limits LIMITS =
      Limits.DEFAULT
          .withMessage(MESSAGE)
          .with(Limits.Times.DEFAULT.withCall(CALL))
          .with(Limits.Places.DEFAULT.withStreams(4).withCalls(16, 4));

  private static final Duration GRACE = Duration.ofSeconds(30);

  private final RpcServer server;

  InitServer(InetSocketAddress address, Issuer issuer, InitService service) throws IOException {
    server =
        RpcServer.builder("init", address)
            .tls(AtlsServer.context(issuer, null))
            .limits(LIMITS)
            .service(service)
            .start();
  }

  int port() {
    return server.port();
  }

  /** Takes no further call; waits until the answers under way have left. */
  @Override
  public void close() {
    server.shutdown(GRACE);
  }
}
