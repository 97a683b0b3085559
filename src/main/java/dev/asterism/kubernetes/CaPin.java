package dev.asterism.kubernetes;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.regex.Pattern;

/**
 * A pinned cluster CA, as kubeadm takes it with {@code --discovery-token-ca-cert-hash}.
 *
 * @param value {@code sha256:<lower-case hex of the SHA-256 over the SubjectPublicKeyInfo>}
 */
public record CaPin(String value) {
  private static final Pattern FORM = Pattern.compile("sha256:[0-9a-f]{64}");

  public CaPin {
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("a CA pin is sha256: and 64 lower-case hex digits");
    }
  }

  public static CaPin of(X509Certificate ca) {
    return new CaPin("sha256:" + Digests.SHA256.of(Bytes.of(ca.getPublicKey().getEncoded())).hex());
  }

  /** Reads a pin; kubeadm knows no other hash. */
  public static CaPin parse(String value) throws MalformedException {
    if (!FORM.matcher(value).matches()) {
      throw new MalformedException(
          "discovery_token_ca_cert_hash", "is not sha256: and 64 lower-case hex digits");
    }
    return new CaPin(value);
  }

  public boolean matches(X509Certificate ca) {
    return equals(of(ca));
  }

  @Override
  public String toString() {
    return value;
  }
}
