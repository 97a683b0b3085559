package dev.asterism.atls;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.netty.shaded.io.netty.handler.ssl.OpenSslCertificateException;
import io.grpc.netty.shaded.io.netty.internal.tcnative.CertificateVerifier;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Puts the peer's certificate to {@link PeerCheck}, with the nonce that this side sent on the same
 * connection, and binds an accepted peer to that connection's session.
 */
final class EvidenceTrustManager extends X509ExtendedTrustManager {
  private final PeerCheck check;
  private final @Nullable Bytes serverNonce;

  private EvidenceTrustManager(PeerCheck check, @Nullable Bytes serverNonce) {
    this.check = check;
    this.serverNonce = serverNonce;
  }

  /** For any number of connections: a client's nonce stands in its own engine, as server name. */
  static EvidenceTrustManager ofClient(PeerCheck check) {
    return new EvidenceTrustManager(check, null);
  }

  /**
   * For one connection.
   *
   * @param nonce null for a server that asks for no certificate
   */
  static EvidenceTrustManager ofServer(PeerCheck check, @Nullable Bytes nonce) {
    return new EvidenceTrustManager(check, nonce);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      String serverName = NativeTls.serverName(engine);
      if (serverName == null) {
        throw new CertificateException("this client sent no nonce");
      }
      check(chain, Nonce.parse("server_name", serverName), engine);
    } catch (MalformedException e) {
      throw new CertificateException("this client sent no nonce", e);
    }
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    if (serverNonce == null) {
      throw new CertificateException("this server sent no nonce");
    }
    check(chain, serverNonce, engine);
  }

  private void check(X509Certificate[] chain, Bytes nonce, SSLEngine engine)
      throws CertificateException {
    String peer = address(engine);
    try {
      Aside.run(engine, "verification", () -> check.check(chain, nonce, peer))
          .ifPresent(attested -> AttestedPeers.bind(engine.getSession(), attested));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PeerRefusedException refused) {
        throw alert(refused);
      }
      throw new CertificateException("the verification failed", e.getCause());
    }
  }

  private static CertificateException alert(PeerRefusedException refused) {
    return new OpenSslCertificateException(
        refused.reason(),
        refused,
        refused.kind() == PeerRefusedException.Kind.UNDECIDED
            ? CertificateVerifier.X509_V_ERR_UNSPECIFIED
            : CertificateVerifier.X509_V_ERR_CERT_REJECTED);
  }

  static String address(SSLEngine engine) {
    String host = engine.getPeerHost();
    if (host == null) {
      return "unknown";
    }
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + engine.getPeerPort();
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return serverNonce == null
        ? new X509Certificate[0]
        : new X509Certificate[] {NonceAuthority.write(serverNonce)};
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutConnection();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw withoutConnection();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw withoutConnection();
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw withoutConnection();
  }

  private static CertificateException withoutConnection() {
    return new CertificateException("evidence is checked on its own connection only");
  }
}
