package dev.asterism.attestation.snp;

import dev.asterism.attestation.TrustAnchor;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The root keys (ARK) that are trusted, each for one product line.
 *
 * @param pins all of them
 */
public record SnpRoots(Set<Pin> pins) {
  /** AMD's own, of every line. */
  public static final SnpRoots AMD =
      new SnpRoots(
          Set.copyOf(
              Arrays.stream(ProductLine.values())
                  .map(line -> new Pin(line, hash(line.root())))
                  .toList()));

  static final SnpRoots NONE = new SnpRoots(Set.of());

  /**
   * One of them.
   *
   * @param keySha256 of its DER SubjectPublicKeyInfo
   */
  public record Pin(ProductLine line, Bytes keySha256) {}

  public SnpRoots {
    pins = Set.copyOf(pins);
  }

  /** AMD's of one line; an anchor that is none of those is an error. */
  public static SnpRoots of(String where, TrustAnchor anchor) throws MalformedException {
    for (ProductLine line : ProductLine.values()) {
      if (line.root() == anchor) {
        return new SnpRoots(Set.of(new Pin(line, hash(anchor))));
      }
    }
    throw new MalformedException(where, "is not a root of AMD SEV-SNP");
  }

  /** The keys of these certificates, each for the line that its name tells. */
  public static SnpRoots of(String where, List<X509Certificate> certificates)
      throws MalformedException {
    Set<Pin> pins = new HashSet<>();
    for (X509Certificate certificate : certificates) {
      String name = AmdNames.commonName(certificate.getSubjectX500Principal());
      ProductLine line =
          Arrays.stream(ProductLine.values())
              .filter(l -> l.rootName().equals(name))
              .findAny()
              .orElseThrow(() ->
                  new MalformedException(
                      where, "is not the certificate of an ARK: its common name must say which"));
      pins.add(new Pin(line, keySha256(certificate)));
    }
    return new SnpRoots(pins);
  }

  /** These and those. */
  public SnpRoots and(SnpRoots others) {
    Set<Pin> all = new HashSet<>(pins);
    all.addAll(others.pins);
    return new SnpRoots(all);
  }

  boolean trust(ProductLine line, Bytes keySha256) {
    return pins.contains(new Pin(line, keySha256));
  }

  boolean trustAny(Bytes keySha256) {
    return pins.stream().anyMatch(p -> p.keySha256().equals(keySha256));
  }

  static Bytes keySha256(X509Certificate certificate) {
    return Digests.SHA256.of(Bytes.of(certificate.getPublicKey().getEncoded()));
  }

  private static Bytes hash(TrustAnchor anchor) {
    try {
      return Bytes.ofHex(anchor.id(), anchor.keySha256());
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }
}
