package dev.asterism.atls;

import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolConfig;
import io.grpc.netty.shaded.io.netty.handler.ssl.ApplicationProtocolNames;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSsl;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslContextOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.ReferenceCountedOpenSslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/** Sets up BoringSSL: TLS 1.2 and 1.3, {@code h2} only, our suites only, nothing to resume. */
final class NativeContexts {
  /**
   * The largest certificate taken from a stranger, in bytes; it is held before anything is proven.
   * Event logs make the largest documents, a few hundred KiB.
   */
  private static final int MAX_CERTIFICATE = 1024 * 1024;

  /** Of TLS 1.2 those that go with our certificates; of TLS 1.3 BoringSSL has exactly these. */
  private static final List<String> SUITES =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");

  private static final ApplicationProtocolConfig H2_ONLY =
      new ApplicationProtocolConfig(
          ApplicationProtocolConfig.Protocol.ALPN,
          ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
          ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
          ApplicationProtocolNames.HTTP_2);

  private NativeContexts() {}

  static ReferenceCountedOpenSslContext client(KeyManager keys, TrustManager trust) {
    return build(SslContextBuilder.forClient().keyManager(keys), trust);
  }

  /**
   * @param asks whether clients must present a certificate
   */
  static ReferenceCountedOpenSslContext server(KeyManager keys, TrustManager trust, boolean asks) {
    return build(
        SslContextBuilder.forServer(keys).clientAuth(asks ? ClientAuth.REQUIRE : ClientAuth.NONE),
        trust);
  }

  private static ReferenceCountedOpenSslContext build(
      SslContextBuilder builder, TrustManager trust) {
    if (!OpenSsl.isAvailable()) {
      throw new IllegalStateException(
          "attested TLS needs BoringSSL, which does not load on this system",
          OpenSsl.unavailabilityCause());
    }
    try {
      var context =
          (ReferenceCountedOpenSslContext)
              builder
                  .sslProvider(SslProvider.OPENSSL_REFCNT)
                  .trustManager(trust)
                  .protocols("TLSv1.3", "TLSv1.2")
                  .ciphers(SUITES)
                  .applicationProtocolConfig(H2_ONLY)
                  .option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, MAX_CERTIFICATE)
                  .build();
      context.sessionContext().setSessionCacheEnabled(false);
      return context;
    } catch (SSLException e) {
      throw new IllegalStateException("BoringSSL does not take our TLS settings", e);
    }
  }
}
