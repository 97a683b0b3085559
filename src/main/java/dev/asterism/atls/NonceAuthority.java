package dev.asterism.atls;

import dev.asterism.crypto.DistinguishedNames;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/** The server's nonce: the common name of the one certificate authority that it "accepts". */
final class NonceAuthority {
  /** BoringSSL takes names only out of certificates, and reads no more of them than the name. */
  private static final class Template {
    private static final String PLACE = Bytes.zeros(Nonce.LENGTH).base64();
    private static final byte[] CERTIFICATE =
        SelfSignedCertificate.mint(
                KeyPairs.ecP256(), PLACE, Instant.EPOCH, Instant.EPOCH.plusSeconds(1), null)
            .toArray();
    private static final String TEXT = new String(CERTIFICATE, StandardCharsets.ISO_8859_1);
    private static final int ISSUER = TEXT.indexOf(PLACE);
    private static final int SUBJECT = TEXT.indexOf(PLACE, ISSUER + 1);
  }

  private NonceAuthority() {}

  /** What a server gives BoringSSL so that its certificate request names the nonce. */
  static X509Certificate write(Bytes nonce) {
    byte[] name = nonce.base64().getBytes(StandardCharsets.US_ASCII);
    byte[] certificate = Template.CERTIFICATE.clone();
    System.arraycopy(name, 0, certificate, Template.SUBJECT, name.length);
    return PemCertificates.of(Bytes.of(certificate));
  }

  /**
   * What a client reads from the server's certificate request.
   *
   * @throws MalformedException unless there is exactly one name, and it is a nonce
   */
  static Bytes read(Principal @Nullable [] authorities) throws MalformedException {
    if (authorities == null || authorities.length != 1) {
      throw new MalformedException(
          "certificate_authorities",
          "must name one authority, the nonce; names "
              + (authorities == null ? 0 : authorities.length));
    }
    String name =
        DistinguishedNames.commonName(Bytes.of(((X500Principal) authorities[0]).getEncoded()));
    Bytes nonce = Nonce.parse("certificate_authorities", name);
    if (nonce.length() != Nonce.LENGTH) {
      throw new MalformedException(
          "certificate_authorities", "holds a nonce of " + nonce.length() + " bytes, not 32");
    }
    return nonce;
  }
}
