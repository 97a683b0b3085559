package dev.asterism.atls;

import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.handler.ssl.PemX509Certificate;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * Certificates on their way into BoringSSL, which takes PEM. Netty would make it of any other kind
 * of certificate, for which the JDK would first have to parse the DER, and keep it.
 */
final class PemCertificates {
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private PemCertificates() {}

  /** A certificate that can do nothing but be sent. */
  static X509Certificate of(Bytes der) {
    String pem =
        "-----BEGIN CERTIFICATE-----\n"
            + LINES.encodeToString(der.toArray())
            + "\n-----END CERTIFICATE-----\n";
    return PemX509Certificate.valueOf(pem.getBytes(StandardCharsets.US_ASCII));
  }
}
