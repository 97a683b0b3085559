package dev.asterism.testing;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/** The JDK's TLS, for clients that only begin. */
public final class RawTls {
  private RawTls() {}

  /**
   * Trusts everyone.
   *
   * @param own what it presents when it is asked
   */
  public static SSLContext context(KeyManager... own) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own, new TrustManager[] {new Everyone()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** For {@code h2}, which our servers insist on. */
  public static SSLParameters parameters() {
    var parameters = new SSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3"});
    parameters.setApplicationProtocols(new String[] {"h2"});
    return parameters;
  }

  /** The record of a whole ClientHello. */
  public static byte[] clientHello() {
    SSLEngine engine = context().createSSLEngine();
    engine.setUseClientMode(true);
    engine.setSSLParameters(parameters());
    ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    try {
      engine.beginHandshake();
      engine.wrap(ByteBuffer.allocate(0), out);
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  private static final class Everyone implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
