package dev.asterism.attestation.snp;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.Endorsement.Life;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;

/** What AMD's key distribution service has, and how to ask for it (AMD 57230). */
public final class Kds {
  /** The service's name; its base URL is AMD's {@code https://kdsintf.amd.com} by default. */
  public static final String SERVICE = "amd-kds";

  /** Chains in PEM have about 5 kB, certificates 1.5 kB. */
  private static final int LARGEST_CERTIFICATES = 64 * 1024;

  private Kds() {}

  /** ASK (or ASVK) and ARK of a line, in PEM, the ARK last. */
  public static EndorsementRequest chain(ProductLine line, KeyKind kind, SnpRoots roots) {
    return new EndorsementRequest(
        SERVICE,
        "/" + kind.id() + "/v1/" + line.id() + "/cert_chain",
        List.of(),
        LARGEST_CERTIFICATES,
        answer -> {
          Issuers issuers = Issuers.of(answer);
          issuers.check(line, kind, roots);
          return new Life(
              issuers.intermediate().getNotBefore().toInstant(),
              earliestEnd(issuers.intermediate(), issuers.root()),
              true);
        });
  }

  private static Instant earliestEnd(X509Certificate one, X509Certificate other) {
    Instant first = one.getNotAfter().toInstant();
    Instant second = other.getNotAfter().toInstant();
    return first.isBefore(second) ? first : second;
  }

  /**
   * The certificate of one chip at one TCB version, DER.
   *
   * @param hardwareId as long as the line has them
   * @param issuer the line's ASK, which must have signed it
   */
  public static EndorsementRequest vcek(TcbVersion tcb, Bytes hardwareId, X509Certificate issuer) {
    var query = new StringJoiner("&", "?", "");
    tcb.parts().forEach((component, version) -> query.add(component.query() + "=" + version));
    ProductLine line = tcb.line();
    return new EndorsementRequest(
        SERVICE,
        "/vcek/v1/" + line.id() + "/" + hardwareId.hex() + query,
        List.of(),
        LARGEST_CERTIFICATES,
        answer -> {
          X509Certificate leaf = Pem.certificate("VCEK certificate", answer.body());
          ChainVerifier.signed("VCEK certificate", leaf, issuer);
          CertificateExtensions extensions = CertificateExtensions.of(leaf);
          Bytes certified = extensions.hardwareId();
          if (!Objects.equals(hardwareId, certified) || extensions.tcb(line).raw() != tcb.raw()) {
            throw new MalformedException("VCEK certificate", "is of another chip or TCB version");
          }
          return new Life(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant(), false);
        });
  }

  /**
   * The certificate of the key that signed a report.
   *
   * @param chain of the line's VCEKs, which passed inspection
   * @throws MalformedException if AMD hands out no such certificate
   */
  public static EndorsementRequest vcek(SnpReport report, ProductLine line, Endorsement chain)
      throws MalformedException {
    if (!report.signer().equals(Optional.of(KeyKind.VCEK))) {
      throw new MalformedException(
          "report", "is not signed by a chip's own key; providers' certificates come with reports");
    }
    if (report.hidesChip()) {
      throw new MalformedException("report", "hides which chip it is (MASK_CHIP_ID)");
    }
    return vcek(
        new TcbVersion(line, report.reportedTcb()),
        report.chipId().slice(0, line.hardwareIdLength()),
        Issuers.of(chain).intermediate());
  }

  /**
   * The revocation list of a line, DER.
   *
   * @param root which must have signed it
   */
  public static EndorsementRequest crl(ProductLine line, KeyKind kind, X509Certificate root) {
    return new EndorsementRequest(
        SERVICE,
        "/" + kind.id() + "/v1/" + line.id() + "/crl",
        List.of(),
        RevocationList.LARGEST,
        answer -> {
          RevocationList list = RevocationList.verify(answer.body(), root);
          return new Life(list.thisUpdate(), list.nextUpdate(), true);
        });
  }

  /**
   * The same, by the chain that {@link #chain} found.
   *
   * @param chain which passed inspection
   */
  public static EndorsementRequest crl(ProductLine line, KeyKind kind, Endorsement chain)
      throws MalformedException {
    return crl(line, kind, Issuers.of(chain).root());
  }

  /** An authority and its root. */
  record Issuers(X509Certificate intermediate, X509Certificate root) {
    static Issuers of(Endorsement answer) throws MalformedException {
      List<X509Certificate> certificates =
          Pem.certificates(
              "certificate chain",
              new String(answer.body().toArray(), StandardCharsets.ISO_8859_1));
      if (certificates.size() != 2) {
        throw new MalformedException("certificate chain", "is not an authority and its root");
      }
      return new Issuers(certificates.getFirst(), certificates.getLast());
    }

    void check(ProductLine line, KeyKind kind, SnpRoots roots) throws MalformedException {
      if (!roots.trust(line, SnpRoots.keySha256(root))) {
        throw new MalformedException("certificate chain", "ends in a root that is not trusted");
      }
      ChainVerifier.issuers(intermediate, root, new AmdNames.Authority(line, kind));
    }
  }
}
