package dev.asterism.atls;

import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.wire.MalformedException;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;

/** A server of the JDK's own TLS, with a certificate that a client takes who verifies nobody. */
final class AnotherServer {
  private AnotherServer() {}

  static SslContext context() throws SSLException, MalformedException {
    KeyPair key = KeyPairs.ecP256();
    Instant now = Instant.now();
    Duration hour = Duration.ofHours(1);
    var certificate =
        Pem.certificate(
            "certificate",
            SelfSignedCertificate.mint(
                key, "Constellation", now.minus(hour), now.plus(hour), null));
    return SslContextBuilder.forServer(key.getPrivate(), certificate)
        .sslProvider(SslProvider.JDK)
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                "h2"))
        .build();
  }
}
