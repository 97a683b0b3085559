package dev.asterism.attestation;

import dev.asterism.crypto.CertificatePath.RootKey;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;
import java.util.Properties;
import javax.security.auth.x500.X500Principal;

/**
 * Keys of roots that nobody sends along: clouds hand out the chain of an attestation key without
 * its end. Read when a policy first asks for one.
 */
final class AnchorKeys {
  private static final String FILE = "anchor-keys.properties";

  private AnchorKeys() {}

  /** Empty where the root's certificate comes with the evidence. */
  static Optional<RootKey> of(TrustAnchor anchor) {
    return Known.BY_ID.containsKey(anchor.id() + ".key")
        ? Optional.of(read(anchor))
        : Optional.empty();
  }

  private static RootKey read(TrustAnchor anchor) {
    byte[] key = decoded(anchor.id() + ".key");
    if (!Digests.SHA256.of(Bytes.of(key)).hex().equals(anchor.keySha256())) {
      throw new IllegalStateException(FILE + " holds another key than " + anchor.id());
    }
    try {
      return new RootKey(
          new X500Principal(decoded(anchor.id() + ".name")),
          KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(key)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key of " + anchor.id() + " cannot be read", e);
    }
  }

  private static byte[] decoded(String name) {
    return Base64.getDecoder().decode(Known.BY_ID.getProperty(name));
  }

  /** Apart, so that it is only read where it is needed. */
  private static final class Known {
    private static final Properties BY_ID = load();

    private static Properties load() {
      var properties = new Properties();
      try (InputStream in = AnchorKeys.class.getResourceAsStream(FILE)) {
        properties.load(in);
        return properties;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
