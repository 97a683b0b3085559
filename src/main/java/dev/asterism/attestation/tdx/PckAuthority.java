package dev.asterism.attestation.tdx;

import dev.asterism.crypto.CertificateNames;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Intel's authorities that issue PCK certificates; each has its own revocation list. */
public enum PckAuthority {
  /** Of platforms with several packages: all with TDX so far. */
  PLATFORM("Intel SGX PCK Platform CA"),
  PROCESSOR("Intel SGX PCK Processor CA");

  private final String commonName;

  PckAuthority(String commonName) {
    this.commonName = commonName;
  }

  /** The value of the parameter {@code ca} of Intel's service. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Which of them a certificate names; who may use that name is the chain's business. */
  static Optional<PckAuthority> of(X509Certificate certificate) {
    Optional<String> name = CertificateNames.commonName(certificate);
    return Arrays.stream(values())
        .filter(a -> name.isPresent() && name.get().equals(a.commonName))
        .findAny();
  }
}
