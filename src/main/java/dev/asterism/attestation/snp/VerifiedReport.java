package dev.asterism.attestation.snp;

import dev.asterism.attestation.Identifier;
import dev.asterism.wire.Bytes;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** A report that AMD's hardware signed. Only {@link ReportVerifier} makes one. */
public final class VerifiedReport {
  private final SnpReport report;
  private final VerifiedChain chain;

  VerifiedReport(SnpReport report, VerifiedChain chain) {
    this.report = report;
    this.chain = chain;
  }

  public SnpReport report() {
    return report;
  }

  public ProductLine line() {
    return chain.line();
  }

  /** Which key signed it. */
  public KeyKind signer() {
    return chain.kind();
  }

  /** Who runs the fleet, by the certificate of its VLEK; empty where the chip's own key signed. */
  public Optional<String> cspId() {
    return Optional.ofNullable(chain.extensions().cspId());
  }

  /**
   * CHIP_ID, 64 bytes, also where the report hides it but the chip's certificate tells; empty where
   * nothing tells.
   */
  public Optional<Bytes> chipId() {
    Bytes hardwareId = chain.extensions().hardwareId();
    if (hardwareId != null) {
      return Optional.of(padded(hardwareId));
    }
    return report.hidesChip() ? Optional.empty() : Optional.of(report.chipId());
  }

  /** What the report proves about who is asked. */
  public Map<Identifier, String> identity() {
    Map<Identifier, String> identity = new EnumMap<>(Identifier.class);
    identity.put(Identifier.REPORT_ID, report.reportId().hex());
    chipId().ifPresent(chip -> identity.put(Identifier.CHIP_ID, chip.hex()));
    return identity;
  }

  static Bytes padded(Bytes hardwareId) {
    return Bytes.concat(hardwareId, Bytes.zeros(64 - hardwareId.length()));
  }

  public TcbVersion launchTcb() {
    return new TcbVersion(line(), report.launchTcb());
  }

  public TcbVersion committedTcb() {
    return new TcbVersion(line(), report.committedTcb());
  }

  public TcbVersion currentTcb() {
    return new TcbVersion(line(), report.currentTcb());
  }

  public TcbVersion reportedTcb() {
    return new TcbVersion(line(), report.reportedTcb());
  }
}
