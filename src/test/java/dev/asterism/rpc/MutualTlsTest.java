package dev.asterism.rpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.atls.AtlsClient;
import dev.asterism.atls.AtlsServer;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.testing.Echo;
import dev.asterism.testing.TestAuthority;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.netty.shaded.io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class MutualTlsTest extends RpcFixture {
  private static final Instant NOW = Instant.now();
  private static final InstantSource CLOCK = InstantSource.fixed(NOW);
  private static final Duration LONG = Duration.ofHours(1);

  private final TestAuthority authority = new TestAuthority(NOW);
  private final AtomicReference<TlsIdentity> serverSide =
      new AtomicReference<>(authority.identity("key-service", Usage.SERVER));
  private final Echo echo = new Echo();
  private RpcServer server;

  @BeforeEach
  void serve() throws Exception {
    server = serve(CLOCK, LONG);
  }

  private RpcServer serve(InstantSource clock, Duration age) throws Exception {
    return start(builder().mutualTls(new MutualTls(serverSide::get, clock), age).service(echo));
  }

  private ManagedChannel channel(TlsIdentity client, String host) {
    return channel(server, new MutualTls(() -> client, CLOCK).client(host));
  }

  private ManagedChannel channel(TlsIdentity client) {
    return channel(client, "127.0.0.1");
  }

  @Test
  void theHandlerLearnsTheNameThatTheAuthorityVouchedFor() {
    Echo.say(channel(authority.identity("join-service", Usage.CLIENT)), HELLO);
    assertEquals(Optional.of("join-service"), echo.callers().getFirst().name());
    assertEquals(Optional.empty(), echo.callers().getFirst().attested());
  }

  @Test
  void refusesAClientOfAnotherAuthority() {
    var stranger = new TestAuthority(NOW).identity("join-service", Usage.CLIENT, authority);
    assertFalse(succeeds(channel(stranger)));
  }

  @Test
  void refusesAClientWhoseTimeIsOver() throws Exception {
    Instant later = NOW.plus(TestAuthority.DAY).plusSeconds(1);
    server = serve(InstantSource.fixed(later), LONG);
    assertFalse(succeeds(channel(authority.identity("join-service", Usage.CLIENT))));
  }

  @Test
  void refusesAClientWithAServersCertificate() {
    assertFalse(succeeds(channel(authority.identity("join-service", Usage.SERVER))));
  }

  @Test
  void refusesAClientThatNamesNoCaller() {
    assertFalse(succeeds(channel(authority.identity("join service", Usage.CLIENT))));
  }

  @Test
  void refusesAClientWithoutCertificate() throws Exception {
    var anonymous =
        SslContextBuilder.forClient()
            .sslProvider(SslProvider.OPENSSL)
            .protocols("TLSv1.3")
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocolConfig(H2)
            .build();
    assertFalse(succeeds(channel(server, anonymous)));
    assertEquals(List.of(), echo.callers());
  }

  @Test
  void refusesOlderTls() throws Exception {
    TlsIdentity client = authority.identity("join-service", Usage.CLIENT);
    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      var context =
          SslContextBuilder.forClient()
              .sslProvider(SslProvider.OPENSSL)
              .protocols(version)
              .keyManager(client.key(), client.chain().getFirst())
              .trustManager(InsecureTrustManagerFactory.INSTANCE)
              .applicationProtocolConfig(H2)
              .build();
      assertEquals(version.equals("TLSv1.3"), succeeds(channel(server, context)), version);
    }
  }

  @Test
  void refusesPlaintextAndAttestedTls() {
    assertFalse(succeeds(channel(server)));
    assertFalse(succeeds(channel(server, AtlsClient.context(null, null))));
  }

  @Test
  void theClientRefusesAServerOfAnotherName() {
    TlsIdentity client = authority.identity("join-service", Usage.CLIENT);
    assertFalse(succeeds(channel(client, "key-service.kube-system")));
    assertEquals(List.of(), echo.callers());
  }

  @Test
  void theClientRefusesAServerOfAnotherAuthority() {
    serverSide.set(new TestAuthority(NOW).identity("key-service", Usage.SERVER, authority));
    assertFalse(succeeds(channel(authority.identity("join-service", Usage.CLIENT))));
    assertEquals(List.of(), echo.callers());
  }

  @Test
  void theClientRefusesAClientsCertificateOfAServer() {
    serverSide.set(authority.identity("key-service", Usage.CLIENT));
    assertFalse(succeeds(channel(authority.identity("join-service", Usage.CLIENT))));
  }

  @Test
  void byAttestedTlsACertificateIsNobodysName() throws Exception {
    RpcServer attested = start(builder().tls(AtlsServer.context(null, null)).service(echo));
    Echo.say(channel(attested, AtlsClient.context(null, null)), HELLO);
    assertEquals(Optional.empty(), echo.callers().getFirst().name());
  }

  @Test
  void changedCertificatesCountForTheNextConnection() throws Exception {
    var next = new TestAuthority(NOW);
    TlsIdentity oldClient = authority.identity("join-service", Usage.CLIENT);
    ManagedChannel open = channel(oldClient);
    Echo.say(open, HELLO);

    serverSide.set(next.identity("key-service", Usage.SERVER));

    assertTrue(succeeds(open), "a connection that stands goes on");
    assertFalse(succeeds(channel(oldClient)), "an authority that is gone");
    Echo.say(channel(next.identity("join-service", Usage.CLIENT)), HELLO);
  }

  @Test
  void aWithdrawnAuthorityLastsNoLongerThanAConnection() throws Exception {
    server = serve(CLOCK, Duration.ofMillis(200));
    ManagedChannel open = channel(authority.identity("join-service", Usage.CLIENT));
    Echo.say(open, HELLO);
    serverSide.set(new TestAuthority(NOW).identity("key-service", Usage.SERVER));
    // The test's time limit is the only clock: it ends when the connection does.
    while (succeeds(open)) {
      Thread.onSpinWait();
    }
  }

  @Test
  void noCallIsLostWhileBothEndsChange() throws Exception {
    var clientSide = new AtomicReference<>(authority.identity("join-service", Usage.CLIENT));
    server = serve(CLOCK, Duration.ofMillis(100));
    var tls = new MutualTls(clientSide::get, CLOCK).client("127.0.0.1");
    var calls = new AtomicInteger();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var done = new AtomicBoolean();
      List<Future<?>> callers =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(i -> {
                ManagedChannel channel = Channels.openRepeatable("127.0.0.1:" + server.port(), tls);
                opened(channel::shutdownNow);
                return threads.submit(() -> {
                  while (!done.get()) {
                    Echo.say(channel, HELLO);
                    calls.incrementAndGet();
                  }
                });
              })
              .toList();
      for (int changes = 0; changes < 20 || names() < 3; changes++) {
        serverSide.set(authority.identity("key-service", Usage.SERVER));
        clientSide.set(authority.identity("join-service-" + changes, Usage.CLIENT));
        int soFar = calls.get();
        while (calls.get() < soFar + 40 && callers.stream().noneMatch(Future::isDone)) {
          Thread.onSpinWait();
        }
        if (callers.stream().anyMatch(Future::isDone)) {
          break;
        }
      }
      done.set(true);
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
    assertTrue(names() >= 3, "connections were made anew");
  }

  private long names() {
    return echo.callers().stream().map(Echo.Caller::name).distinct().count();
  }

  @Test
  void nothingIsResumed() {
    TlsIdentity client = authority.identity("join-service", Usage.CLIENT);
    var context = new MutualTls(() -> client, CLOCK).client("127.0.0.1");
    for (int i = 0; i < 3; i++) {
      Echo.say(channel(server, context), HELLO);
    }
    serverSide.set(new TestAuthority(NOW).identity("key-service", Usage.SERVER));
    assertFalse(succeeds(channel(server, context)));
  }

  @Test
  void enginesOfAnOldIdentityOutliveItsContext() {
    var context = new MutualTls(serverSide::get, CLOCK).server();
    var old = context.newEngine(ByteBufAllocator.DEFAULT);
    serverSide.set(authority.identity("key-service", Usage.SERVER));
    var next = context.newEngine(ByteBufAllocator.DEFAULT);
    assertFalse(old.isOutboundDone());
    for (var engine : List.of(old, next)) {
      io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil.release(engine);
    }
  }

  private static final io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig H2 =
      new io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig(
          io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol.ALPN,
          io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig
              .SelectorFailureBehavior.NO_ADVERTISE,
          io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig
              .SelectedListenerFailureBehavior.ACCEPT,
          "h2");
}
