package dev.asterism.attestation.snp;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Stage;
import java.util.List;

/** The checks that make a report genuine, in the order in which they are made. */
final class ReportChecks {
  /** A key that we know signed it. */
  static final CheckId SIGNER = new CheckId("report.signer", Stage.IDENTITY);

  /** The processor is of a product line that we know. */
  static final CheckId LINE = new CheckId("report.line", Stage.IDENTITY);

  /** All certificates are there. */
  static final CheckId CERTIFICATES = new CheckId("chain.certificates", Stage.CHAIN);

  /** Each is signed by the next, named and used as it must be. */
  static final CheckId PATH = new CheckId("chain.path", Stage.CHAIN);

  /** The policy trusts the root. */
  static final CheckId ROOT = new CheckId("chain.root", Stage.CHAIN);

  /** Chain and report are of one product line. */
  static final CheckId CHAIN_LINE = new CheckId("chain.line", Stage.CHAIN);

  static final CheckId VALIDITY = new CheckId("chain.validity", Stage.TIME);

  /** There is a revocation list. */
  static final CheckId CRL = new CheckId("crl.available", Stage.REVOCATION);

  /** The ARK signed it. */
  static final CheckId CRL_SIGNATURE = new CheckId("crl.signature", Stage.REVOCATION);

  static final CheckId CRL_CURRENT = new CheckId("crl.current", Stage.REVOCATION);
  static final CheckId REVOKED = new CheckId("crl.revoked", Stage.REVOCATION);
  static final CheckId SIGNATURE = new CheckId("report.signature", Stage.SIGNATURE);

  /** The certificate is of the kind of key that the report names. */
  static final CheckId KEY_KIND = new CheckId("leaf.key-kind", Stage.IDENTITY);

  static final CheckId PRODUCT = new CheckId("leaf.product", Stage.IDENTITY);

  /** The certificate's TCB version is the reported one. */
  static final CheckId LEAF_TCB = new CheckId("leaf.tcb", Stage.IDENTITY);

  static final CheckId HARDWARE_ID = new CheckId("leaf.hardware-id", Stage.IDENTITY);
  static final CheckId CSP_ID = new CheckId("leaf.csp-id", Stage.IDENTITY);

  /** Neither the reported nor the committed version is above the current one. */
  static final CheckId TCB_ORDER = new CheckId("tcb.order", Stage.TCB);

  static final List<CheckId> PLAN =
      List.of(
          SIGNER,
          LINE,
          CERTIFICATES,
          ROOT,
          PATH,
          CHAIN_LINE,
          VALIDITY,
          CRL,
          CRL_SIGNATURE,
          CRL_CURRENT,
          REVOKED,
          SIGNATURE,
          KEY_KIND,
          PRODUCT,
          LEAF_TCB,
          HARDWARE_ID,
          CSP_ID,
          TCB_ORDER);

  private ReportChecks() {}
}
