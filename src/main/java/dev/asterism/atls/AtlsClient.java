package dev.asterism.atls;

import dev.asterism.attestation.Issuer;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

/** Connects by attested TLS (wire contract, section 3) on BoringSSL. */
public final class AtlsClient {
  private AtlsClient() {}

  /**
   * A context for any number of connections.
   *
   * @param issuer makes this side's evidence for servers that ask; null: it presents a certificate
   *     without
   * @param peers how servers are verified; null: any current self-signed certificate will do
   */
  public static SslContext context(@Nullable Issuer issuer, @Nullable PeerVerification peers) {
    return new AtlsClientContext(Side.of(issuer, peers));
  }
}
