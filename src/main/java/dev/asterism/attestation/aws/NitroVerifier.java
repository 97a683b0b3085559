package dev.asterism.attestation.aws;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.TrustedRoots;
import dev.asterism.crypto.CertificatePath;
import dev.asterism.crypto.CertificatePath.Result;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether a Nitro attestation document is the hypervisor's own. */
final class NitroVerifier {
  static final CheckId PARSE = new CheckId("nitro.parse", Stage.PARSE);
  static final CheckId KIND = new CheckId("nitro.kind", Stage.PARSE);
  static final CheckId CHAIN = new CheckId("nitro.chain", Stage.CHAIN);
  static final CheckId VALIDITY = new CheckId("nitro.validity", Stage.TIME);
  static final CheckId SIGNATURE = new CheckId("nitro.signature", Stage.SIGNATURE);

  /** What {@link #verify} asks. */
  static final List<CheckId> PLAN = List.of(PARSE, KIND, CHAIN, VALIDITY, SIGNATURE);

  private final TrustedRoots roots;

  NitroVerifier(TrustedRoots roots) {
    this.roots = roots;
  }

  /**
   * Runs the steps in order; the first that fails ends it.
   *
   * @param tpm whether it must be of a NitroTPM, or else of an enclave
   */
  Optional<VerifiedNitroDocument> verify(
      Checklist checks, Bytes document, boolean tpm, Instant at) {
    CoseSign1 envelope;
    NitroDocument content;
    List<X509Certificate> path = new ArrayList<>();
    // 1. Everything is read once.
    try {
      envelope = CoseSign1.parse(document);
      content = NitroDocument.parse(envelope.payload());
      path.add(Pem.certificate("certificate", content.certificate()));
      for (Bytes issuer : content.cabundle()) {
        path.add(Pem.certificate("cabundle", issuer));
      }
    } catch (MalformedException e) {
      checks.fail(PARSE, String.valueOf(e.getMessage()));
      return Optional.empty();
    }
    checks.pass(PARSE, content.moduleId() + " at " + content.timestamp());
    // 2. It is about the kind of machine in question: an enclave's PCRs mean other things.
    boolean genuine =
        checks.check(KIND, content.tpm() == tpm, name(tpm), name(content.tpm()))
            // 3. The key is certified by the root in question, now.
            && chain(checks, path, at)
            // 4. And signed these very bytes.
            && signature(checks, envelope, path.getFirst());
    return genuine ? Optional.of(new VerifiedNitroDocument(content)) : Optional.empty();
  }

  private boolean chain(Checklist checks, List<X509Certificate> path, Instant at) {
    X509Certificate leaf = path.getFirst();
    return switch (CertificatePath.check(leaf, path.subList(1, path.size()), roots::holds, at)) {
      case Result.Broken(boolean time, String reason) -> {
        checks.fail(time ? VALIDITY : CHAIN, reason);
        yield false;
      }
      case Result.Trusted(X509Certificate root) -> {
        if (leaf.getBasicConstraints() >= 0) {
          checks.fail(CHAIN, "the signer's certificate is that of an authority");
          yield false;
        }
        checks.pass(CHAIN, "ends at " + root.getSubjectX500Principal().getName());
        checks.pass(VALIDITY, "at " + at);
        yield true;
      }
    };
  }

  private static boolean signature(
      Checklist checks, CoseSign1 envelope, X509Certificate certificate) {
    if (envelope.signedBy(certificate.getPublicKey())) {
      checks.pass(SIGNATURE, "");
      return true;
    }
    checks.fail(SIGNATURE, "is not the certificate's over this document");
    return false;
  }

  private static String name(boolean tpm) {
    return tpm ? "of a NitroTPM" : "of an enclave";
  }
}
