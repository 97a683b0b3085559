package dev.asterism.testing;

import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.KeyPair;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** Certificate requests that no honest kubelet sends. */
public final class ForgedRequests {
  private ForgedRequests() {}

  /** A request of any subject, correctly signed by its P-256 key. */
  public static Bytes withSubject(KeyPair pair, String rfc4514) {
    try {
      return Bytes.of(
          new JcaPKCS10CertificationRequestBuilder(new X500Principal(rfc4514), pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded());
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }
}
