package dev.asterism.atls;

import dev.asterism.attestation.Issuer;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** Serves attested TLS (wire contract, section 3) on BoringSSL. */
public final class AtlsServer {
  private AtlsServer() {}

  /**
   * A context for any number of connections.
   *
   * @param issuer makes this side's evidence; null: it presents a certificate without
   * @param peers how clients are verified; null: they are not asked for a certificate
   */
  public static SslContext context(@Nullable Issuer issuer, @Nullable PeerVerification peers) {
    return new AtlsServerContext(Side.of(issuer, peers));
  }
}
