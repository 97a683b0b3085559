package dev.asterism.attestation.snp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Outcome;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InstanceReportsTest {
  private static final SnpInstanceInfo GENUINE =
      ForgedSnp.genuine().instanceInfo(Bytes.zeros(64), null, null);

  private final Checklist checks = new Checklist(List.of(InstanceReports.PARSE));

  private InstanceReports reports() throws Exception {
    return new InstanceReports(
        ContractSnp.parse(Json.newObject(), Set.of()), new ChainVerifier(), EndorsementSource.NONE);
  }

  @Test
  void whatCanBeReadPasses() throws Exception {
    assertEquals(GENUINE, reports().parse(checks, GENUINE.write()).orElseThrow().info());
    assertTrue(checks.conclude(null).accepted());
  }

  @Test
  void whatIsGenuineIsAppraised() throws Exception {
    ForgedSnp forged = ForgedSnp.genuine();
    InstanceReports reports =
        new InstanceReports(
            ContractSnp.parse(forged.config(), Set.of()),
            new ChainVerifier(),
            EndorsementSource.NONE);
    List<CheckId> genuine = new ArrayList<>(List.of(InstanceReports.PARSE));
    genuine.addAll(ReportVerifier.PLAN);
    var before = new Checklist(genuine);
    SnpInstanceInfo info = forged.instanceInfo(Bytes.zeros(64), null, null);
    var parsed =
        new InstanceReports.Parsed(
            info,
            SnpReport.parse(info.attestationReport()),
            new CertificateSet(
                ForgedSnp.der(forged.leaf()),
                ForgedSnp.der(forged.intermediate),
                ForgedSnp.der(forged.root),
                forged.crl));
    VerifiedReport verified = reports.verify(before, parsed, ForgedSnp.NOW).orElseThrow();
    var good = new Checklist(ReportAppraisal.PLAN);
    reports.appraise(good, verified);
    Appraisal appraisal = good.conclude(null);
    assertTrue(appraisal.accepted(), appraisal::reason);
  }

  @Test
  void whatCannotBeReadFailsAndSaysWhy() throws Exception {
    assertTrue(reports().parse(checks, Bytes.ofUtf8("{}")).isEmpty());
    Appraisal appraisal = checks.conclude(null);
    assertEquals(1, appraisal.with(Outcome.FAILED).size());
    assertTrue(appraisal.reason().contains("AttestationReport"), appraisal::reason);
  }
}
