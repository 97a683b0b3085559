package dev.asterism.attestation.snp;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.attestation.Variant;
import dev.asterism.device.SnpGuest;
import dev.asterism.device.SnpGuest.Evidence;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Issues documents of variant {@code sev-snp}. */
public final class SnpIssuer implements Issuer {
  private final SnpGuest guest;
  private final ClusterFile cluster;
  private final Bytes bootId;

  /**
   * @param cluster read at each document
   * @param bootId 16 bytes, random at each start of the kernel
   */
  public SnpIssuer(SnpGuest guest, ClusterFile cluster, Bytes bootId) {
    if (bootId.length() != SnpClaims.BOOT_ID) {
      throw new IllegalArgumentException("a boot id has " + SnpClaims.BOOT_ID + " bytes");
    }
    this.guest = guest;
    this.cluster = cluster;
    this.bootId = bootId;
  }

  @Override
  public Variant variant() {
    return Variant.SEV_SNP;
  }

  @Override
  public Bytes issue(Bytes userData, Bytes nonce) throws IssueException {
    Bytes claims = new SnpClaims(cluster.clusterId().orElse(null), bootId).encode();
    Evidence evidence = ask(SnpDocument.reportData(userData, nonce, claims));
    Bytes table = evidence.certificates();
    return new SnpDocument(evidence.report(), table.isEmpty() ? null : table, claims, userData)
        .write();
  }

  /** What this machine booted, as reference values for others of the same image. */
  public Measurements measurements() throws IssueException {
    Map<Integer, Measurement> own = new TreeMap<>();
    own.put(
        SnpPolicy.LAUNCH,
        new Measurement(report(Bytes.zeros(SnpGuest.REPORT_DATA)).measurement(), false));
    return new Measurements(new TreeMap<>(own));
  }

  /** REPORT_ID of this guest, by which its cluster knows it. */
  public Bytes reportId() throws IssueException {
    return report(Bytes.zeros(SnpGuest.REPORT_DATA)).reportId();
  }

  private SnpReport report(Bytes reportData) throws IssueException {
    try {
      return SnpReport.parse(ask(reportData).report());
    } catch (MalformedException e) {
      throw new IssueException(guest.description() + " gives no report that we can read", e);
    }
  }

  private Evidence ask(Bytes reportData) throws IssueException {
    try {
      return guest.report(reportData);
    } catch (IOException e) {
      throw new IssueException(guest.description() + " gives no report: " + e.getMessage(), e);
    }
  }
}
