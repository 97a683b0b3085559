package dev.asterism.device;

import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.PssAuthority;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The makers of processors in software: for one product line, a root (ARK), an authority below it
 * (ASK), certificates of chips' keys and revocation lists, all as AMD's (AMD 57230). Trusted only
 * by policies that pin the root.
 */
public final class SoftwareAmd {
  private static final String ARC = "1.3.6.1.4.1.3704.1.";
  private static final Duration YEARS = Duration.ofDays(20 * 365);

  private final SoftwareLine line;
  private final Instant now;
  private final PssAuthority root;
  private final PssAuthority intermediate;
  private final KeyPair ask;

  /**
   * A new maker.
   *
   * @param bits of the RSA keys: AMD's have 4096
   */
  public SoftwareAmd(SoftwareLine line, int bits, Instant now) {
    this(line, PssAuthority.newKey(bits), PssAuthority.newKey(bits), now);
  }

  /** One with those RSA keys. */
  public SoftwareAmd(SoftwareLine line, KeyPair ark, KeyPair ask, Instant now) {
    this.line = line;
    this.now = now;
    this.ask = ask;
    this.root = PssAuthority.root(ark, authority(ark.getPublic(), "ARK-" + line.id(), 1));
    this.intermediate = root.authority(ask, authority(ask.getPublic(), "SEV-" + line.id(), 2));
  }

  public SoftwareLine line() {
    return line;
  }

  public X509Certificate root() {
    return root.certificate();
  }

  public X509Certificate intermediate() {
    return intermediate.certificate();
  }

  /** The root as an authority: to make what it would never sign. */
  public PssAuthority rootAuthority() {
    return root;
  }

  /** The authority below it. */
  public PssAuthority intermediateAuthority() {
    return intermediate;
  }

  /** A list that revokes those serial numbers: 2 is the authority's. */
  public Bytes crl(Instant thisUpdate, Instant nextUpdate, List<Long> revoked) {
    return root.crl(thisUpdate, nextUpdate, revoked.stream().map(BigInteger::valueOf).toList());
  }

  private PssAuthority.Request authority(PublicKey key, String name, long serial) {
    return new PssAuthority.Request(
        key,
        subject(name),
        BigInteger.valueOf(serial),
        now.minus(Duration.ofDays(1)),
        now.plus(YEARS),
        true,
        Map.of());
  }

  /** The certificate of a chip's key at one TCB version. */
  public X509Certificate vcek(PublicKey key, Bytes hardwareId, long tcb) {
    return intermediate.issue(vcekRequest(key, extensions(line.id(), tcb, hardwareId)));
  }

  /** The authority of the keys of providers' fleets (ASVK); its key is the ASK's, to be quick. */
  public X509Certificate fleetAuthority() {
    return fleet().certificate();
  }

  /**
   * The certificate of the key of a provider's fleet at one TCB version.
   *
   * @param provider {@code CN=cc-<region>.amazonaws.com}
   */
  public X509Certificate vlek(PublicKey key, String provider, long tcb) {
    Map<String, Bytes> extensions = extensions(line.id(), tcb, Bytes.EMPTY);
    extensions.remove(ARC + "4");
    extensions.put(
        ARC + "5",
        new ByteWriter().u8(0x16).u8(provider.length()).bytes(Bytes.ofUtf8(provider)).toBytes());
    return fleet().issue(leaf(key, "SEV-VLEK", extensions));
  }

  private PssAuthority fleet() {
    return root.authority(ask, authority(ask.getPublic(), "SEV-VLEK-" + line.id(), 3));
  }

  /** What would be certified, to be changed first. */
  public PssAuthority.Request vcekRequest(PublicKey key, Map<String, Bytes> extensions) {
    return leaf(key, "SEV-VCEK", extensions);
  }

  private PssAuthority.Request leaf(PublicKey key, String name, Map<String, Bytes> extensions) {
    return new PssAuthority.Request(
        key,
        subject(name),
        BigInteger.ZERO,
        now.minus(Duration.ofDays(1)),
        now.plus(Duration.ofDays(7 * 365)),
        false,
        extensions);
  }

  /** The extensions of a VCEK's certificate, by object identifier. */
  public Map<String, Bytes> extensions(String product, long tcb, Bytes hardwareId) {
    Map<String, Bytes> extensions = new LinkedHashMap<>();
    extensions.put(ARC + "1", integer(0));
    extensions.put(
        ARC + "2",
        new ByteWriter().u8(0x16).u8(product.length()).bytes(Bytes.ofUtf8(product)).toBytes());
    line.versions(tcb)
        .forEach((name, version) -> extensions.put(ARC + oid(name), integer(version)));
    extensions.put(ARC + "4", hardwareId);
    return extensions;
  }

  private static String oid(String component) {
    return switch (component) {
      case "bootloader" -> "3.1";
      case "tee" -> "3.2";
      case "snp" -> "3.3";
      case "microcode" -> "3.8";
      default -> "3.9";
    };
  }

  static Bytes integer(int value) {
    ByteWriter out = new ByteWriter().u8(0x02);
    return value < 0x80 ? out.u8(1).u8(value).toBytes() : out.u8(2).u8(0).u8(value).toBytes();
  }

  private static String subject(String name) {
    return "CN=" + name + ",O=Asterism software processors,OU=Engineering";
  }

  /** A new key on P-384. */
  public static KeyPair newChipKey() {
    return KeyPairs.ecP384();
  }

  static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException(e);
    }
  }
}
