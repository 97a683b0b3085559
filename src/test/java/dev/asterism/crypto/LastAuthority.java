package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** An authority below which there may be no other: its path length is 0, and still it is one. */
final class LastAuthority {
  private LastAuthority() {}

  static X509Certificate certificate(KeyPair pair, Instant from, Instant to) throws Exception {
    var name = new X500Principal("CN=last");
    var builder =
        new JcaX509v3CertificateBuilder(
            name, BigInteger.TEN, Date.from(from), Date.from(to), name, pair.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    return Pem.certificate("certificate", Bytes.of(builder.build(signer).getEncoded()));
  }
}
