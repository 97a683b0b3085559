package dev.asterism.kubernetes.standalone;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Request;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * The PKI that {@code kubeadm init phase certs} makes, of P-256 keys. A key is always written
 * before its certificate, so that a certificate proves that its key was kept; what is complete
 * stays.
 */
final class ClusterPki {
  private static final Duration BEFORE = Duration.ofHours(2);
  private static final Duration CA_VALIDITY = Duration.ofDays(3650);
  private static final Duration CLIENT_VALIDITY = Duration.ofDays(365);
  private static final int MAX_FILE = 64 * 1024;

  private final Path pki;
  private final InstantSource clock;

  ClusterPki(Path pki, InstantSource clock) {
    this.pki = pki;
    this.clock = clock;
  }

  /** A client certificate and its key. */
  record Identity(X509Certificate certificate, Secret keyPem) implements AutoCloseable {
    @Override
    public void close() {
      keyPem.close();
    }
  }

  /** Makes what is missing of the eight shared files, and returns the cluster's CA. */
  CertificateAuthority ensure() throws IOException {
    CertificateAuthority cluster = ensure("ca", "kubernetes");
    ensure("front-proxy-ca", "front-proxy-ca");
    ensure("etcd/ca", "etcd-ca");
    if (!Files.exists(pki.resolve("sa.pub"))) {
      KeyPair pair = KeyPairs.ecP256();
      try (Secret key = Pem.encode(pair.getPrivate())) {
        writePrivate(pki.resolve("sa.key"), key);
      }
      AtomicFile.write(pki.resolve("sa.pub"), Pem.encode(pair.getPublic()), AtomicFile.PUBLIC);
    }
    return cluster;
  }

  private CertificateAuthority ensure(String name, String commonName) throws IOException {
    Path certificate = pki.resolve(name + ".crt");
    if (Files.exists(certificate)) {
      return load(name);
    }
    Instant now = clock.instant();
    var made = CertificateAuthority.create(commonName, now.minus(BEFORE), now.plus(CA_VALIDITY));
    try (Secret key = made.privateKeyPem()) {
      writePrivate(pki.resolve(name + ".key"), key);
    }
    AtomicFile.write(certificate, made.certificatePem(), AtomicFile.PUBLIC);
    return made;
  }

  /** One of the authorities: {@code ca}, {@code front-proxy-ca}, {@code etcd/ca}. */
  CertificateAuthority load(String name) throws IOException {
    Path certificate = pki.resolve(name + ".crt");
    try (Secret key = Secret.copyOf(AtomicFile.read(pki.resolve(name + ".key"), MAX_FILE))) {
      String pem =
          new String(AtomicFile.read(certificate, MAX_FILE).toArray(), StandardCharsets.UTF_8);
      return CertificateAuthority.load(pem, key);
    } catch (MalformedException e) {
      throw new IOException(certificate + ": " + e.getMessage(), e);
    }
  }

  /** A new admin's certificate: {@code CN=user,O=system:masters}. */
  Identity admin(CertificateAuthority authority, String user) {
    Instant now = clock.instant();
    KeyPair pair = KeyPairs.ecP256();
    X509Certificate certificate =
        authority.issue(
            new Request(
                pair.getPublic(),
                "CN=" + user + ",O=system:masters",
                now.minus(BEFORE),
                now.plus(CLIENT_VALIDITY),
                Usage.CLIENT,
                List.of(),
                List.of()));
    return new Identity(certificate, Pem.encode(pair.getPrivate()));
  }

  /** Whether a certificate is this authority's, and not what an earlier attempt left behind. */
  boolean signed(CertificateAuthority authority, Path certificate)
      throws IOException, MalformedException {
    String pem =
        new String(AtomicFile.read(certificate, MAX_FILE).toArray(), StandardCharsets.UTF_8);
    try {
      Pem.certificates(certificate.toString(), pem)
          .getFirst()
          .verify(authority.certificate().getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  static void writePrivate(Path file, Secret pem) throws IOException {
    byte[] content = pem.expose();
    try {
      AtomicFile.write(file, content, AtomicFile.PRIVATE);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
