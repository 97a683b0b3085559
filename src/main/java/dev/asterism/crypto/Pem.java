package dev.asterism.crypto;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/** Certificates and keys in and out of their textual form (RFC 7468). */
public final class Pem {
  /** Far more than any certificate needs. */
  private static final int MAX_CERTIFICATE = 64 * 1024;

  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  /**
   * @param label as in {@code CERTIFICATE}
   */
  public static String encode(String label, Bytes der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der.toArray())
        + "\n-----END "
        + label
        + "-----\n";
  }

  public static String encode(X509Certificate certificate) {
    return encode("CERTIFICATE", der(certificate));
  }

  /** {@code BEGIN PUBLIC KEY}: the SubjectPublicKeyInfo. */
  public static String encode(PublicKey key) {
    return encode("PUBLIC KEY", Bytes.of(key.getEncoded()));
  }

  /** {@code BEGIN PRIVATE KEY}: PKCS#8, not encrypted. */
  public static Secret encode(PrivateKey key) {
    byte[] der = key.getEncoded();
    byte[] base64 = LINES.encode(der);
    byte[] head = "-----BEGIN PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    byte[] tail = "\n-----END PRIVATE KEY-----\n".getBytes(StandardCharsets.US_ASCII);
    byte[] pem = Arrays.copyOf(head, head.length + base64.length + tail.length);
    System.arraycopy(base64, 0, pem, head.length, base64.length);
    System.arraycopy(tail, 0, pem, head.length + base64.length, tail.length);
    Arrays.fill(der, (byte) 0);
    Arrays.fill(base64, (byte) 0);
    return Secret.takeOver(pem);
  }

  /** All certificates of a bundle, at least one; a block of another kind is an error. */
  public static List<X509Certificate> certificates(String what, String pem)
      throws MalformedException {
    var certificates = new ArrayList<X509Certificate>();
    for (PemBlocks.Block block : PemBlocks.parse(what, pem.getBytes(StandardCharsets.UTF_8))) {
      if (!block.label().equals("CERTIFICATE")) {
        throw new MalformedException(what, "holds a PEM block that is no certificate");
      }
      certificates.add(certificate(what, block.der().use(Bytes::of)));
    }
    return List.copyOf(certificates);
  }

  /** Exactly one DER certificate, nothing trailing. */
  public static X509Certificate certificate(String what, Bytes der) throws MalformedException {
    if (der.length() > MAX_CERTIFICATE) {
      throw new MalformedException(what, "is larger than " + MAX_CERTIFICATE + " bytes");
    }
    // The factory also takes PEM, and stops at the end of the first certificate.
    if (der.isEmpty() || der.at(0) != 0x30) {
      throw new MalformedException(what, "is not a DER certificate");
    }
    try {
      var certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(der.toArray()));
      if (!der(certificate).equals(der)) {
        throw new MalformedException(what, "is not exactly one DER certificate");
      }
      return certificate;
    } catch (CertificateException e) {
      throw new MalformedException(what, "is not a DER certificate");
    }
  }

  /**
   * One private key: PKCS#8, or the older {@code EC PRIVATE KEY} and {@code RSA PRIVATE KEY} that
   * Kubernetes writes. An {@code EC PARAMETERS} block beside it is skipped.
   */
  public static PrivateKey privateKey(String what, Secret pem) throws MalformedException {
    byte[] text = pem.expose();
    try {
      List<PemBlocks.Block> blocks =
          PemBlocks.parse(what, text).stream()
              .filter(b -> !b.label().equals("EC PARAMETERS"))
              .toList();
      if (blocks.size() != 1) {
        throw new MalformedException(what, "must hold exactly one private key");
      }
      try (Secret der = blocks.getFirst().der()) {
        return PrivateKeys.decode(what, blocks.getFirst().label(), der);
      }
    } finally {
      Arrays.fill(text, (byte) 0);
    }
  }

  static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was parsed has no encoding", e);
    }
  }
}
