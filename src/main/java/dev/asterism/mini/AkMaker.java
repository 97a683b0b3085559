package dev.asterism.mini;

import dev.asterism.crypto.Der;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.VendorAuthority;
import dev.asterism.crypto.VendorAuthority.Validity;
import dev.asterism.mini.MiniDir.NodeDir;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** Who certifies the attestation keys of a cloud's vTPMs: a root, and an authority below it. */
final class AkMaker {
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";

  /** tcg-kp-AIKCertificate. */
  private static final String AIK_PURPOSE = "2.23.133.8.3";

  private final Validity validity;
  private final VendorAuthority root;
  private final VendorAuthority authority;

  /**
   * @param cloud whose it is, for the names
   */
  AkMaker(String cloud, Instant now) {
    this.validity = new Validity(now.minus(Duration.ofHours(1)), now.plus(Duration.ofDays(365)));
    this.root = VendorAuthority.root("CN=" + cloud + " vTPM root,O=Asterism mini", validity);
    this.authority = root.authority("CN=" + cloud + " vTPM keys,O=Asterism mini", validity);
  }

  /** DER. */
  Bytes certify(PublicKey key, String machine, Map<String, Bytes> extensions) {
    var all = new HashMap<>(extensions);
    all.put(EXTENDED_KEY_USAGE, Der.tlv(Der.SEQUENCE, Der.oid(AIK_PURPOSE)));
    return der(authority.issue(key, "CN=" + machine + ",O=Asterism mini", validity, all));
  }

  /** Gives the machine the certificate that does not come with it. */
  void writeIssuer(NodeDir place) throws IOException {
    AtomicFile.write(place.akCertificate(), der(authority.certificate()), AtomicFile.PUBLIC);
  }

  /** Trusts the keys that it certifies. */
  void configure(ObjectNode config) {
    config
        .putObject("akTrust")
        .put("mode", "certificate")
        .putArray("roots")
        .add(Pem.encode(root.certificate()));
  }

  private static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
