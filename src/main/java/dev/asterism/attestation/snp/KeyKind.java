package dev.asterism.attestation.snp;

/** Which key signs reports (AMD 56860, ATTESTATION_REPORT at 48h, SIGNING_KEY). */
public enum KeyKind {
  /** The chip's own key, at one TCB version. */
  VCEK("vcek", "SEV-VCEK"),
  /** A key that AMD gives a cloud provider for its fleet. */
  VLEK("vlek", "SEV-VLEK");

  private final String id;
  private final String subject;

  KeyKind(String id, String subject) {
    this.id = id;
    this.subject = subject;
  }

  /** As KDS spells it: {@code vcek}. */
  public String id() {
    return id;
  }

  /** The common name in its certificates. */
  String subject() {
    return subject;
  }
}
