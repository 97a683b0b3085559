package dev.asterism.attestation.snp;

import dev.asterism.attestation.snp.TcbVersion.Component;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What AMD says about a key in its certificate (AMD 57230, table of X.509 extensions).
 *
 * @param product {@code Milan-B0}, {@code Genoa}
 * @param parts of the TCB version the key belongs to; those that a line does not have are absent
 * @param hardwareId names the chip; null in a VLEK's
 * @param cspId names the cloud provider; null in a VCEK's
 */
record CertificateExtensions(
    String product,
    Map<Component, Integer> parts,
    @Nullable Bytes hardwareId,
    @Nullable String cspId) {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final int INTEGER = 0x02;
  private static final int OCTET_STRING = 0x04;
  private static final int IA5_STRING = 0x16;
  private static final int LONGEST = 255;

  static CertificateExtensions of(X509Certificate certificate) throws MalformedException {
    Map<Component, Integer> parts = new EnumMap<>(Component.class);
    for (Component component : Component.values()) {
      Optional<Bytes> value = extension(certificate, oid(component));
      if (value.isPresent()) {
        parts.put(component, number(component.id(), value.get()));
      } else if (component != Component.FMC) {
        throw new MalformedException(component.id(), "the certificate does not state it");
      }
    }
    Bytes product =
        extension(certificate, "2")
            .orElseThrow(() -> new MalformedException("product", "the certificate names none"));
    Bytes csp = extension(certificate, "5").orElse(null);
    return new CertificateExtensions(
        text("product", product),
        parts,
        hardwareId(extension(certificate, "4").orElse(null)),
        csp == null ? null : text("csp id", csp));
  }

  /** The TCB version the key belongs to, in the layout of {@code line}. */
  TcbVersion tcb(ProductLine line) throws MalformedException {
    for (Component component : Component.values()) {
      Integer stated = parts.get(component);
      if (component.position(line).isPresent() && stated == null) {
        throw new MalformedException(component.id(), "the certificate does not state it");
      }
      if (component.position(line).isEmpty() && stated != null && stated != 0) {
        throw new MalformedException(component.id(), "is not a part of " + line.id());
      }
    }
    Map<Component, Integer> own = new EnumMap<>(parts);
    own.keySet().removeIf(c -> c.position(line).isEmpty());
    return TcbVersion.of(line, own);
  }

  private static String oid(Component component) {
    return switch (component) {
      case BOOT_LOADER -> "3.1";
      case TEE -> "3.2";
      case SNP -> "3.3";
      case MICROCODE -> "3.8";
      case FMC -> "3.9";
    };
  }

  /** The content of extnValue. */
  private static Optional<Bytes> extension(X509Certificate certificate, String oid)
      throws MalformedException {
    byte[] value = certificate.getExtensionValue(ARC + oid);
    return value == null
        ? Optional.empty()
        : Optional.of(content(ARC + oid, Bytes.of(value), OCTET_STRING));
  }

  private static int number(String field, Bytes der) throws MalformedException {
    Bytes value = content(field, der, INTEGER);
    boolean padded = value.length() == 2 && value.at(0) == 0 && value.at(1) >= 0x80;
    if (!padded && (value.length() != 1 || value.at(0) >= 0x80)) {
      throw new MalformedException(field, "is not a number from 0 to 255");
    }
    return value.at(value.length() - 1);
  }

  private static String text(String field, Bytes der) throws MalformedException {
    Bytes value = content(field, der, IA5_STRING);
    for (int i = 0; i < value.length(); i++) {
      if (value.at(i) < 0x20 || value.at(i) > 0x7e) {
        throw new MalformedException(field, "is not printable");
      }
    }
    return new String(value.toArray(), StandardCharsets.US_ASCII);
  }

  /** Bare, as AMD makes them, or in an OCTET STRING of its own. */
  private static @Nullable Bytes hardwareId(@Nullable Bytes value) throws MalformedException {
    if (value == null || isHardwareId(value)) {
      return value;
    }
    Bytes inner = content("hardware id", value, OCTET_STRING);
    if (!isHardwareId(inner)) {
      throw new MalformedException("hardware id", "has neither 8 nor 64 bytes");
    }
    return inner;
  }

  private static boolean isHardwareId(Bytes value) {
    return value.length() == ProductLine.TURIN.hardwareIdLength()
        || value.length() == ProductLine.GENOA.hardwareIdLength();
  }

  /** Of one short DER value that is all there is. */
  private static Bytes content(String field, Bytes der, int tag) throws MalformedException {
    ByteReader in = der.reader(field);
    if (in.u8(field) != tag) {
      throw new MalformedException(field, "is not of its ASN.1 type");
    }
    int length = in.u8(field);
    if (length == 0x81) {
      length = in.u8(field);
      if (length < 0x80) {
        throw new MalformedException(field, "is not DER");
      }
    } else if (length >= 0x80) {
      throw new MalformedException(field, "is not DER of " + LONGEST + " bytes at most");
    }
    Bytes content = in.bytes(field, length);
    in.end();
    return content;
  }
}
