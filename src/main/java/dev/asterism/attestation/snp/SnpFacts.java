package dev.asterism.attestation.snp;

import dev.asterism.attestation.EvidenceKind.Fact;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.List;

/** What a document of variant {@code sev-snp} says, for people and unverified. */
public final class SnpFacts {
  private SnpFacts() {}

  public static List<Fact> of(Bytes json) throws MalformedException {
    SnpDocument document = SnpDocument.parse(json);
    SnpReport report = SnpReport.parse(document.report());
    SnpClaims claims = SnpClaims.parse(document.claims());
    Bytes table = document.certTable();
    CertificateSet certificates =
        table == null
            ? CertificateSet.NONE
            : CertificateSet.of(
                CertificateTable.parse(table), report.signer().orElse(KeyKind.VCEK));
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("userData", document.userData().hex()));
    facts.add(
        new Fact(
            "claimed cluster id", claims.clusterId() == null ? "none" : claims.clusterId().hex()));
    facts.add(new Fact("claimed boot id", claims.bootId().hex()));
    facts.addAll(ReportFacts.of(report, certificates));
    return facts;
  }
}
