package dev.asterism.mini;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the services of this cluster show each other. The authority's key is never written: nobody
 * issues more once the cluster stands.
 */
final class ServiceCertificates {
  private static final Duration VALIDITY = Duration.ofDays(365);

  private final Instant from;
  private final CertificateAuthority authority;

  ServiceCertificates(Instant now) {
    this.from = now.minus(Duration.ofHours(1));
    this.authority =
        CertificateAuthority.create("Asterism mini services", from, now.plus(VALIDITY));
  }

  /**
   * Writes what the services of all control planes need: one pair for each kind, as TLS secrets.
   */
  void issue(Path folder) throws IOException {
    AtomicFile.write(folder.resolve("ca.crt"), authority.certificatePem(), AtomicFile.PUBLIC);
    issue(folder, "key-service", Usage.SERVER, List.of("127.0.0.1"));
    issue(folder, "join-service", Usage.CLIENT, List.of());
  }

  private void issue(Path folder, String name, Usage usage, List<String> addresses)
      throws IOException {
    KeyPair pair = KeyPairs.ecP256();
    var request =
        new CertificateAuthority.Request(
            pair.getPublic(), "CN=" + name, from, from.plus(VALIDITY), usage, List.of(), addresses);
    AtomicFile.write(
        folder.resolve(name + ".crt"), Pem.encode(authority.issue(request)), AtomicFile.PUBLIC);
    try (Secret key = Pem.encode(pair.getPrivate())) {
      Provisioning.writeSecret(folder.resolve(name + ".key"), key);
    }
  }
}
