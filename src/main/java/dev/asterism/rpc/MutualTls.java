package dev.asterism.rpc;

import dev.asterism.crypto.TlsIdentity;
import dev.asterism.crypto.TlsPeerCheck;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * TLS 1.3 between our own services, each with a certificate of an authority that the other one
 * trusts. Each connection is made with the certificates that are there when it begins.
 */
public final class MutualTls {
  private final Supplier<TlsIdentity> identity;
  private final InstantSource clock;

  /**
   * @param identity asked at each connection; the same object for as long as nothing changed
   */
  public MutualTls(Supplier<TlsIdentity> identity, InstantSource clock) {
    this.identity = identity;
    this.clock = clock;
  }

  /** Clients must show a certificate that names a caller. */
  SslContext server() {
    return new MutualTlsContext(
        identity,
        own ->
            NativeMutualTls.server(
                own,
                new MutualTlsTrust(
                    chain -> TlsPeerCheck.client(chain, own.authorities(), clock.instant()))));
  }

  /**
   * For {@link Channels#open}.
   *
   * @param host the name that the server's certificate must bear: a DNS name, or an address without
   *     brackets
   */
  public SslContext client(String host) {
    return new MutualTlsContext(
        identity,
        own ->
            NativeMutualTls.client(
                own,
                new MutualTlsTrust(chain ->
                    TlsPeerCheck.server(chain, own.authorities(), host, clock.instant()))));
  }
}
