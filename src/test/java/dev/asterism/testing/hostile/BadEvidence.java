package dev.asterism.testing.hostile;

import dev.asterism.attestation.Variant;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.testing.RawTls;
import dev.asterism.wire.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.X509KeyManager;

/**
 * Certificates with a document that proves nothing. One is made for all connections: a stranger
 * spends as little as he can on what is to cost us.
 */
final class BadEvidence {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SSLContext context;

  BadEvidence(String document) {
    try {
      KeyPair key = KeyPairs.ecP256();
      Instant now = Instant.now();
      Bytes certificate =
          SelfSignedCertificate.mint(
              key,
              "Constellation",
              now.minusSeconds(60),
              now.plusSeconds(3600),
              new SelfSignedCertificate.Extension(Variant.QEMU_VTPM.oid(), Bytes.ofUtf8(document)));
      var parsed =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(certificate.toArray()));
      context = RawTls.context(new Presented(key.getPrivate(), parsed));
    } catch (CertificateException e) {
      throw new AssertionError(e);
    }
  }

  /** A connection whose handshake has ended, as far as this side is concerned. */
  Socket handshake(int port) throws IOException {
    var socket =
        (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    try {
      socket.setSoTimeout(Strangers.PATIENCE_MILLIS);
      socket.setSSLParameters(parameters());
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static SSLParameters parameters() {
    byte[] nonce = new byte[32];
    RANDOM.nextBytes(nonce);
    byte[] name = Base64.getEncoder().encodeToString(nonce).getBytes(StandardCharsets.US_ASCII);
    SSLParameters parameters = RawTls.parameters();
    parameters.setServerNames(List.of(new NonceName(name)));
    return parameters;
  }

  /** Base64 is no host name. */
  private static final class NonceName extends SNIServerName {
    private NonceName(byte[] base64) {
      super(StandardConstants.SNI_HOST_NAME, base64);
    }
  }

  private record Presented(PrivateKey key, X509Certificate certificate) implements X509KeyManager {
    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return "only";
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {certificate};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return key;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[] {"only"};
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return "none";
    }
  }
}
