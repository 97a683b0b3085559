package dev.asterism.attestation.snp;

import dev.asterism.attestation.Checklist;
import dev.asterism.crypto.Pem;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Of which product line a report is. */
final class Lines {
  private Lines() {}

  /**
   * By the processor, where the report names it; before version 3 by the certificate, whose whole
   * chain must then be of that line.
   */
  static @Nullable ProductLine check(Checklist checks, SnpReport report, @Nullable Bytes leaf) {
    if (report.namesProcessor()) {
      Optional<ProductLine> line = report.lineByCpuid();
      checks.check(
          ReportChecks.LINE,
          line.isPresent(),
          "a processor of Milan, Genoa or Turin",
          line.map(ProductLine::id).orElse("family and model " + report.cpuid().slice(0, 2).hex()));
      return line.orElse(null);
    }
    if (leaf == null) {
      checks.unavailable(
          ReportChecks.LINE,
          "a report of version 2 does not name its processor, and no certificate came with it");
      return null;
    }
    try {
      X509Certificate certificate = Pem.certificate("leaf certificate", leaf);
      String product = CertificateExtensions.of(certificate).product();
      Optional<ProductLine> line = ProductLine.byProductName(product);
      checks.check(
          ReportChecks.LINE, line.isPresent(), "a certificate of Milan, Genoa or Turin", product);
      return line.orElse(null);
    } catch (MalformedException e) {
      checks.fail(ReportChecks.LINE, String.valueOf(e.getMessage()));
      return null;
    }
  }
}
