package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;

/** What forgers of other packages need of this one. */
public final class SnpForgery {
  private SnpForgery() {}

  public static Bytes vlekGuid() {
    return CertificateTable.VLEK;
  }

  public static Bytes reportData(Bytes userData, Bytes nonce, Bytes claims) {
    return SnpDocument.reportData(userData, nonce, claims);
  }
}
