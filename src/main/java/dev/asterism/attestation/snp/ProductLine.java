package dev.asterism.attestation.snp;

import dev.asterism.attestation.TrustAnchor;
import java.util.Arrays;
import java.util.Optional;

/**
 * A family of AMD processors that shares one root key (AMD 57230). Bergamo and Siena belong to
 * Genoa.
 */
public enum ProductLine {
  MILAN("Milan", TrustAnchor.AMD_ARK_MILAN, 64),
  GENOA("Genoa", TrustAnchor.AMD_ARK_GENOA, 64),
  TURIN("Turin", TrustAnchor.AMD_ARK_TURIN, 8);

  private final String id;
  private final TrustAnchor root;
  private final int hardwareIdLength;

  ProductLine(String id, TrustAnchor root, int hardwareIdLength) {
    this.id = id;
    this.root = root;
    this.hardwareIdLength = hardwareIdLength;
  }

  /** As certificates and KDS spell it: {@code Milan}. */
  public String id() {
    return id;
  }

  /** AMD's root key (ARK) of this line. */
  public TrustAnchor root() {
    return root;
  }

  /** How many bytes of CHIP_ID name the chip, in certificates and at KDS; the rest is zero. */
  public int hardwareIdLength() {
    return hardwareIdLength;
  }

  /** The common name of its root key's certificate. */
  String rootName() {
    return "ARK-" + id;
  }

  /** The common name of the authority that issues certificates of {@code kind}. */
  String issuerName(KeyKind kind) {
    return kind == KeyKind.VLEK ? "SEV-VLEK-" + id : "SEV-" + id;
  }

  /** The line of that name, letter by letter. */
  public static Optional<ProductLine> byId(String id) {
    return Arrays.stream(values()).filter(l -> l.id.equals(id)).findAny();
  }

  /**
   * The line of a processor by its CPUID.
   *
   * @param family the combined family: 19h, 1Ah
   * @param model the combined model
   */
  public static Optional<ProductLine> byCpuid(int family, int model) {
    if (family == 0x19) {
      if (model <= 0x0f) {
        return Optional.of(MILAN);
      }
      return model <= 0x1f || (model >= 0xa0 && model <= 0xaf)
          ? Optional.of(GENOA)
          : Optional.empty();
    }
    return family == 0x1a && model <= 0x11 ? Optional.of(TURIN) : Optional.empty();
  }

  /**
   * The line that a certificate's product name (AMD 57230) says: {@code Milan-B0}, {@code Genoa}.
   */
  static Optional<ProductLine> byProductName(String name) {
    return byId(name.split("-", 2)[0]);
  }
}
