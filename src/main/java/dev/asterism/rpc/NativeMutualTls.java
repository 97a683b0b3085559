package dev.asterism.rpc;

import dev.asterism.crypto.TlsIdentity;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNames;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslContextOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLException;

/** Sets up BoringSSL: TLS 1.3 and {@code h2} only, nothing to resume. */
final class NativeMutualTls {
  /** Of a whole chain, in bytes; it is held before anything is proven. */
  private static final int MAX_CERTIFICATES = 64 * 1024;

  private static final ApplicationProtocolConfig H2_ONLY =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  private NativeMutualTls() {}

  static ReferenceCountedOpenSslContext server(TlsIdentity own, MutualTlsTrust trust) {
    return build(
        SslContextBuilder.forServer(own.key(), chain(own)).clientAuth(ClientAuth.REQUIRE), trust);
  }

  static ReferenceCountedOpenSslContext client(TlsIdentity own, MutualTlsTrust trust) {
    return build(SslContextBuilder.forClient().keyManager(own.key(), chain(own)), trust);
  }

  private static X509Certificate[] chain(TlsIdentity own) {
    return own.chain().toArray(X509Certificate[]::new);
  }

  private static ReferenceCountedOpenSslContext build(
      SslContextBuilder builder, MutualTlsTrust trust) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "mutual TLS needs BoringSSL, which does not load on this system",
          OpenSsl.unavailabilityCause());
    }
    try {
      var context =
          (ReferenceCountedOpenSslContext)
              builder
                  .sslProvider(SslProvider.OPENSSL_REFCNT)
                  .trustManager(trust)
                  .protocols("TLSv1.3")
                  .applicationProtocolConfig(H2_ONLY)
                  .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MAX_CERTIFICATES)
                  .build();
      // A resumed session would skip the check of the peer's certificate.
      context.sessionContext().setSessionCacheEnabled(false);
      context.sessionContext().setSessionTimeout(0);
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException("BoringSSL does not take our TLS settings", e);
    }
  }
}
