package dev.asterism.attestation.snp;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.EndorsementSource.Answer;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the certificates of a report: those that came with it first. The host hands those out, and
 * is often behind a firmware update: a leaf that does not fit is looked for elsewhere.
 */
final class Certificates {
  private final SnpRoots roots;
  private final ChainVerifier chains;
  private final EndorsementSource source;

  /**
   * @param chains what it remembers need not be read again
   */
  Certificates(SnpRoots roots, ChainVerifier chains, EndorsementSource source) {
    this.roots = roots;
    this.chains = chains;
    this.source = source;
  }

  /** What came of it. */
  sealed interface Result {
    /**
     * All of them, DER, none verified.
     *
     * @param known the chain of just these, if it was found right before
     */
    record Complete(Bytes leaf, Bytes intermediate, Bytes root, @Nullable VerifiedChain known)
        implements Result {}

    record Missing(String reason) implements Result {}
  }

  Result complete(SnpReport report, ProductLine line, KeyKind kind, CertificateSet presented) {
    Bytes intermediate = presented.intermediate();
    Bytes root = presented.root();
    boolean brought = true;
    if (intermediate == null || root == null) {
      brought = false;
      switch (issuers(line, kind)) {
        case Failed(String reason) -> {
          return new Result.Missing(reason);
        }
        case Got(Kds.Issuers issuers) -> {
          intermediate = der(issuers.intermediate());
          root = der(issuers.root());
        }
      }
    }
    Bytes leaf = presented.leaf();
    String why = "no certificate came with the report";
    if (leaf != null) {
      VerifiedChain known = chains.known(leaf, intermediate, root);
      String misfit = misfit(leaf, known, report, line);
      // Nobody else to ask: let the checks say what is wrong with what is there.
      if (misfit == null || source.isEmpty()) {
        return new Result.Complete(leaf, intermediate, root, known);
      }
      why = misfit;
    }
    if (brought) {
      // By a stranger's issuer AMD's answer is none, and is not asked for again for a while.
      String fault = fault(intermediate, root, line, kind);
      if (fault != null) {
        return new Result.Missing(why + "; " + fault);
      }
    }
    return fetchLeaf(report, line, kind, intermediate, root, why);
  }

  private Result fetchLeaf(
      SnpReport report,
      ProductLine line,
      KeyKind kind,
      Bytes intermediate,
      Bytes root,
      String why) {
    if (kind == KeyKind.VLEK) {
      return new Result.Missing(why + ", and only the provider has those of VLEKs");
    }
    if (report.hidesChip()) {
      return new Result.Missing(why + ", and the report hides which chip it is");
    }
    Answer answer;
    try {
      X509Certificate issuer = Pem.certificate("intermediate certificate", intermediate);
      answer =
          source.get(
              Kds.vcek(
                  new TcbVersion(line, report.reportedTcb()),
                  report.chipId().slice(0, line.hardwareIdLength()),
                  issuer));
    } catch (MalformedException e) {
      return new Result.Missing(why + "; " + e.getMessage());
    }
    return switch (answer) {
      case Answer.Found(var endorsement) ->
          new Result.Complete(endorsement.body(), intermediate, root, null);
      case Answer.Unavailable(String reason) -> new Result.Missing(why + "; " + reason);
    };
  }

  private sealed interface Fetched {}

  private record Got(Kds.Issuers issuers) implements Fetched {}

  private record Failed(String reason) implements Fetched {}

  private Fetched issuers(ProductLine line, KeyKind kind) {
    return switch (source.get(Kds.chain(line, kind, roots))) {
      case Answer.Found(var endorsement) -> {
        try {
          yield new Got(Kds.Issuers.of(endorsement));
        } catch (MalformedException e) {
          throw new IllegalStateException("an endorsement passed inspection and is malformed", e);
        }
      }
      case Answer.Unavailable(String reason) ->
          new Failed("no certificates of the authority and its root; " + reason);
    };
  }

  /** Why nobody is to be asked by the issuers that came with the report; null where they serve. */
  private @Nullable String fault(Bytes intermediate, Bytes root, ProductLine line, KeyKind kind) {
    try {
      new Kds.Issuers(
              Pem.certificate("intermediate certificate", intermediate),
              Pem.certificate("ARK certificate", root))
          .check(line, kind, roots);
      return null;
    } catch (MalformedException e) {
      return e.getMessage();
    }
  }

  /** Why a certificate cannot be that of the report's key; null where it may be. */
  private static @Nullable String misfit(
      Bytes leaf, @Nullable VerifiedChain known, SnpReport report, ProductLine line) {
    try {
      CertificateExtensions extensions =
          known == null
              ? CertificateExtensions.of(Pem.certificate("leaf certificate", leaf))
              : known.extensions();
      if (extensions.tcb(line).raw() != report.reportedTcb()) {
        return "the certificate that came with the report is of another TCB version";
      }
      Bytes hardwareId = extensions.hardwareId();
      if (hardwareId != null
          && !report.hidesChip()
          && !VerifiedReport.padded(hardwareId).equals(report.chipId())) {
        return "the certificate that came with the report is of another chip";
      }
      return null;
    } catch (MalformedException e) {
      return "the certificate that came with the report cannot be read (" + e.getMessage() + ")";
    }
  }

  private static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has no encoding", e);
    }
  }
}
