package dev.asterism.rpc;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.atls.AttestedPeers;
import dev.asterism.crypto.CertificateNames;
import dev.asterism.sharing.PeerKey;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling. For handlers, on the thread that gRPC calls them on: another thread must be
 * handed what is read here.
 */
public final class Peers {
  private static final String UNKNOWN = "unknown";
  private static final Context.Key<String> ADDRESS = Context.keyWithDefault("peer", UNKNOWN);
  private static final Context.Key<AttestedPeer> ATTESTED = Context.key("attested peer");
  private static final Context.Key<String> NAME = Context.key("peer name");

  private Peers() {}

  /** The caller, if this connection's handshake verified its evidence. */
  public static Optional<AttestedPeer> attested() {
    return Optional.ofNullable(ATTESTED.get());
  }

  /** The caller's name, if the server has mutual TLS: that of the certificate it was let in by. */
  public static Optional<String> name() {
    return Optional.ofNullable(NAME.get());
  }

  /** The caller's address and port, for logs and records; proves nothing. */
  public static String address() {
    return ADDRESS.get();
  }

  /**
   * The address in a {@code host:port} of {@link #address}; peers without one share loopback's
   * limits.
   */
  public static InetAddress inetAddress(String hostPort) {
    int colon = hostPort.lastIndexOf(':');
    String host = colon < 0 ? hostPort : hostPort.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int zone = host.indexOf('%');
    try {
      return InetAddress.ofLiteral(zone < 0 ? host : host.substring(0, zone));
    } catch (IllegalArgumentException e) {
      return InetAddress.getLoopbackAddress();
    }
  }

  /** The same for all addresses of one peer, as limits count them ({@link PeerKey}). */
  public static String key(String hostPort) {
    return PeerKey.of(inetAddress(hostPort));
  }

  static String text(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
      String host = inet.getAddress().getHostAddress();
      return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
    }
    return address == null ? UNKNOWN : address.toString();
  }

  /** Puts the caller into the context of the call. */
  static final class Interceptor implements ServerInterceptor {
    private final boolean mutualTls;

    /**
     * @param mutualTls whether a certificate on this server is one that an authority vouched for;
     *     by attested TLS, everyone signs his own
     */
    Interceptor(boolean mutualTls) {
      this.mutualTls = mutualTls;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
      Attributes transport = call.getAttributes();
      Context context =
          Context.current()
              .withValue(ADDRESS, text(transport.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
      SSLSession session = transport.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      Optional<AttestedPeer> peer = session == null ? Optional.empty() : AttestedPeers.of(session);
      if (peer.isPresent()) {
        context = context.withValue(ATTESTED, peer.get());
      }
      if (mutualTls && session != null) {
        context = context.withValue(NAME, name(session));
      }
      return Contexts.interceptCall(context, call, headers, next);
    }

    private static @Nullable String name(SSLSession session) {
      try {
        return session.getPeerCertificates()[0] instanceof X509Certificate certificate
            ? CertificateNames.caller(certificate).orElse(null)
            : null;
      } catch (SSLPeerUnverifiedException e) {
        return null;
      }
    }
  }
}
