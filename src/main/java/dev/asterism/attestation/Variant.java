package dev.asterism.attestation;

import dev.asterism.crypto.Digests;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What kind of evidence a machine gives. Names and object identifiers are fixed by the wire
 * contract, section 2; ours start at 1.3.9900.64.
 */
public enum Variant {
  AWS_NITRO_TPM("1.3.9900.2.1", Hardware.VTPM),
  AWS_SEV_SNP("1.3.9900.2.2", Hardware.VTPM),
  GCP_SEV_ES("1.3.9900.3.1", Hardware.VTPM),
  GCP_SEV_SNP("1.3.9900.3.2", Hardware.VTPM),
  AZURE_SEV_SNP("1.3.9900.4.1", Hardware.VTPM),
  AZURE_TRUSTEDLAUNCH("1.3.9900.4.2", Hardware.VTPM),
  AZURE_TDX("1.3.9900.4.3", Hardware.VTPM),
  QEMU_VTPM("1.3.9900.5.1", Hardware.VTPM),
  QEMU_TDX("1.3.9900.5.99", Hardware.TDX),
  SEV_SNP("1.3.9900.64.2", Hardware.SNP),
  TDX("1.3.9900.64.3", Hardware.TDX);

  private enum Hardware {
    VTPM,
    TDX,
    SNP
  }

  private final String oid;
  private final Hardware hardware;

  Variant(String oid, Hardware hardware) {
    this.oid = oid;
    this.hardware = hardware;
  }

  /** The name in flags, configurations and verdicts: {@code qemu-vtpm}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The certificate extension that carries this variant's document, dotted. */
  public String oid() {
    return oid;
  }

  /**
   * The register that tells a bootstrapped node: PCR 15, or RTMR 2 (measurement 3). Bare SNP has
   * none: what the node claims stands in its place (measurement 1).
   */
  public Optional<Integer> clusterRegister() {
    return switch (hardware) {
      case VTPM -> Optional.of(15);
      case TDX -> Optional.of(3);
      case SNP -> Optional.of(1);
    };
  }

  /**
   * Whether evidence tells one machine from another: a TDX quote names the platform, which many
   * guests share.
   */
  public boolean tellsMachinesApart() {
    return hardware != Hardware.TDX;
  }

  /** The hash of the measurements that are compared. */
  public Digests measurementHash() {
    return switch (hardware) {
      case VTPM -> Digests.SHA256;
      case TDX, SNP -> Digests.SHA384;
    };
  }

  /** How people call a measurement: {@code PCR 4}, {@code RTMR 1}, {@code MRTD}. */
  public String registerName(int index) {
    return switch (hardware) {
      case VTPM -> "PCR " + index;
      case TDX -> index == 0 ? "MRTD" : "RTMR " + (index - 1);
      case SNP -> index == 0 ? "launch measurement" : "cluster claim";
    };
  }

  /** The variant of that name, in any case. */
  public static Optional<Variant> byId(String id) {
    return Arrays.stream(values())
        .filter(v -> v.id().equals(id.toLowerCase(Locale.ROOT)))
        .findAny();
  }

  public static Optional<Variant> byOid(String oid) {
    return Arrays.stream(values()).filter(v -> v.oid.equals(oid)).findAny();
  }
}
