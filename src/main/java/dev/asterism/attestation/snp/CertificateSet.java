package dev.asterism.attestation.snp;

import dev.asterism.attestation.Bundle;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import org.jspecify.annotations.Nullable;

/**
 * Certificates that vouch for a report, DER, read by nobody yet; null where there is none.
 *
 * @param leaf of the key that signed the report
 * @param intermediate of the ASK or ASVK
 * @param root of the ARK
 * @param crl signed by the ARK
 */
public record CertificateSet(
    @Nullable Bytes leaf, @Nullable Bytes intermediate, @Nullable Bytes root, @Nullable Bytes crl) {

  public static final CertificateSet NONE = new CertificateSet(null, null, null, null);

  /** What a host's table holds for a report that a key of {@code kind} signed. */
  public static CertificateSet of(CertificateTable table, KeyKind kind) {
    Bytes leaf = kind == KeyKind.VLEK ? CertificateTable.VLEK : CertificateTable.VCEK;
    return new CertificateSet(
        table.find(leaf).orElse(null),
        table.find(CertificateTable.ASK).orElse(null),
        table.find(CertificateTable.ARK).orElse(null),
        table.find(CertificateTable.CRL).orElse(null));
  }

  /** What a bundle holds, by role. */
  public static CertificateSet of(Bundle bundle) throws MalformedException {
    return new CertificateSet(
        bundle.file("leaf"),
        bundle.file("intermediate"),
        bundle.file("root"),
        bundle.optionalFile("crl").orElse(null));
  }

  CertificateSet withLeaf(Bytes other) {
    return new CertificateSet(other, intermediate, root, crl);
  }

  CertificateSet withIssuers(Bytes otherIntermediate, Bytes otherRoot) {
    return new CertificateSet(leaf, otherIntermediate, otherRoot, crl);
  }

  /** The SHA-256 over the lengths of the three certificates, and the certificates. */
  static Bytes fingerprint(Bytes leaf, Bytes intermediate, Bytes root) {
    Bytes lengths =
        new ByteWriter()
            .u32be(leaf.length())
            .u32be(intermediate.length())
            .u32be(root.length())
            .toBytes();
    return Digests.SHA256.of(lengths, leaf, intermediate, root);
  }
}
