package dev.asterism.attestation;

/** What evidence can prove about who the attester is. */
public enum Identifier {
  /**
   * SHA-256 of the attestation key's DER SubjectPublicKeyInfo, hex. Covered by whatever vouches for
   * the key.
   */
  AK_KEY("akKey"),
  /**
   * The TPM name of the attestation key, hex. Its attributes are part of it, which no certificate
   * covers: only where the policy lists the name, or the TPM itself said it in a quote. A key that
   * is vouched for by itself alone has none.
   */
  AK_NAME("akName"),
  /** How often that TPM was reset, decimal. */
  RESET_COUNT("resetCount"),
  /** How often it was suspended or restarted since its last reset, decimal. */
  RESTART_COUNT("restartCount"),
  /** The cloud's instance id. */
  INSTANCE_ID("instanceId"),
  /** SEV-SNP REPORT_ID, hex. */
  REPORT_ID("reportId"),
  /** SEV-SNP CHIP_ID, hex. */
  CHIP_ID("chipId"),
  /** Intel's platform provisioning id, hex. */
  PPID("ppid");

  private final String id;

  Identifier(String id) {
    this.id = id;
  }

  public String id() {
    return id;
  }
}
