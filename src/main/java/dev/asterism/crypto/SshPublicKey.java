package dev.asterism.crypto;

import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;

/** An SSH public key in the wire format of RFC 4253 section 6.6, RFC 5656 and RFC 8709. */
public final class SshPublicKey {
  static final String ED25519 = "ssh-ed25519";
  private static final String RSA = "ssh-rsa";
  private static final String ECDSA = "ecdsa-sha2-";

  private static final int MIN_RSA_BITS = 2048;
  private static final int MAX_RSA_BITS = 16384;

  private final String type;
  private final Bytes wire;
  private final Bytes body;

  private SshPublicKey(String type, Bytes wire, Bytes body) {
    this.type = type;
    this.wire = wire;
    this.body = body;
  }

  /**
   * Reads a key: Ed25519, ECDSA on a NIST curve, or RSA of 2048 to 16384 bits. The point or modulus
   * is checked too: nothing is certified that cannot be a key.
   *
   * @throws MalformedException for any other type, for a bad number, and for bytes left over
   */
  public static SshPublicKey parseWire(Bytes wire) throws MalformedException {
    ByteReader in = wire.reader("SSH public key");
    Bytes name = string(in, "SSH key type");
    int start = in.position();
    String type = new String(name.toArray(), StandardCharsets.ISO_8859_1);
    switch (type) {
      case ED25519 -> ed25519(in);
      case RSA -> rsa(in);
      case ECDSA + "nistp256" -> ecdsa(in, "nistp256", "P-256");
      case ECDSA + "nistp384" -> ecdsa(in, "nistp384", "P-384");
      case ECDSA + "nistp521" -> ecdsa(in, "nistp521", "P-521");
      default ->
          throw new MalformedException(
              "SSH key type", "is not ssh-ed25519, ecdsa-sha2-nistp256/384/521 or ssh-rsa");
    }
    in.end();
    return new SshPublicKey(type, wire, wire.slice(start, wire.length()));
  }

  /** The public key of an Ed25519 seed (32 bytes). */
  public static SshPublicKey ofEd25519Seed(Secret seed) {
    Bytes body = new ByteWriter().sized32be(Ed25519Keys.publicKey(seed)).toBytes();
    Bytes wire = new ByteWriter().sized32be(Bytes.ofUtf8(ED25519)).bytes(body).toBytes();
    return new SshPublicKey(ED25519, wire, body);
  }

  /** As SSH names it: {@code ssh-ed25519}. */
  public String type() {
    return type;
  }

  /** The whole key in wire format, its type first. */
  public Bytes wire() {
    return wire;
  }

  /** What follows the type: also the key fields of a certificate. */
  Bytes body() {
    return body;
  }

  /**
   * The key as a line of {@code authorized_keys}, with its newline.
   *
   * @param comment may be empty; printable, on one line
   */
  public String authorizedKeysLine(String comment) {
    if (comment.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("a comment has no control characters");
    }
    return line(type, wire, comment);
  }

  /** As {@code ssh-keygen -l} shows it: {@code SHA256:…}. */
  public String fingerprint() {
    byte[] digest = Digests.SHA256.of(wire).toArray();
    return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
  }

  static String line(String type, Bytes wire, String comment) {
    return type + " " + wire.base64() + (comment.isEmpty() ? "" : " " + comment) + "\n";
  }

  private static void ed25519(ByteReader in) throws MalformedException {
    if (!Ed25519Keys.isPublicKey(string(in, "Ed25519 key"))) {
      throw new MalformedException("Ed25519 key", "is not a point of the curve, in 32 bytes");
    }
  }

  private static void ecdsa(ByteReader in, String sshCurve, String curve)
      throws MalformedException {
    if (!string(in, "curve").equals(Bytes.ofUtf8(sshCurve))) {
      throw new MalformedException("curve", "is not " + sshCurve + ", as the key's type says");
    }
    Bytes point = string(in, "ECDSA key");
    X9ECParameters parameters = ECNamedCurveTable.getByName(curve);
    int coordinate = (parameters.getCurve().getFieldSize() + 7) / 8;
    if (point.length() != 1 + 2 * coordinate || point.at(0) != 4) {
      throw new MalformedException("ECDSA key", "is not an uncompressed point of " + curve);
    }
    try {
      // Refuses what is off the curve; the curves' cofactor is 1.
      parameters.getCurve().decodePoint(point.toArray());
    } catch (IllegalArgumentException e) {
      throw new MalformedException("ECDSA key", "is not a point of " + curve);
    }
  }

  private static void rsa(ByteReader in) throws MalformedException {
    BigInteger exponent = mpint(in, "RSA exponent");
    if (!exponent.testBit(0) || exponent.bitLength() < 2 || exponent.bitLength() > 64) {
      throw new MalformedException("RSA exponent", "is not odd, above 1 and below 2^64");
    }
    BigInteger modulus = mpint(in, "RSA modulus");
    int bits = modulus.bitLength();
    if (!modulus.testBit(0) || bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new MalformedException(
          "RSA modulus",
          "has %d bits, or is even; needs %d to %d".formatted(bits, MIN_RSA_BITS, MAX_RSA_BITS));
    }
  }

  /** A positive integer in its only encoding (RFC 4251 section 5). */
  private static BigInteger mpint(ByteReader in, String field) throws MalformedException {
    Bytes value = string(in, field);
    if (value.isEmpty() || value.at(0) > 0x7f) {
      throw new MalformedException(field, "is not positive");
    }
    if (value.at(0) == 0 && (value.length() == 1 || value.at(1) <= 0x7f)) {
      throw new MalformedException(field, "has a leading zero");
    }
    return new BigInteger(value.toArray());
  }

  private static Bytes string(ByteReader in, String field) throws MalformedException {
    return in.bytes(field, in.u32be(field));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SshPublicKey that && wire.equals(that.wire);
  }

  @Override
  public int hashCode() {
    return wire.hashCode();
  }

  /** Type and fingerprint. */
  @Override
  public String toString() {
    return type + " " + fingerprint();
  }
}
