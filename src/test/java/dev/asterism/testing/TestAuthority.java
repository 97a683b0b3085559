package dev.asterism.testing;

import dev.asterism.crypto.CertificateAuthority;
import dev.asterism.crypto.CertificateAuthority.Usage;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.Pem;
import dev.asterism.crypto.Secret;
import dev.asterism.crypto.TlsIdentity;
import dev.asterism.wire.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** An authority of a test, and what it issues. */
public final class TestAuthority {
  public static final Duration DAY = Duration.ofDays(1);

  private static final char[] NO_PASSWORD = {};

  private final Instant now;
  private final CertificateAuthority authority;

  public TestAuthority(Instant now) {
    this.now = now;
    this.authority =
        CertificateAuthority.create(
            "test authority", now.minus(DAY), now.plus(DAY.multipliedBy(9)));
  }

  public X509Certificate certificate() {
    return authority.certificate();
  }

  /** A certificate like a good one, to be changed in one respect. */
  public CertificateAuthority.Request request(PublicKey key, String subject, Usage usage) {
    return new CertificateAuthority.Request(
        key,
        subject,
        now.minus(DAY),
        now.plus(DAY),
        usage,
        usage == Usage.SERVER ? List.of("localhost") : List.of(),
        usage == Usage.SERVER ? List.of("127.0.0.1", "::1") : List.of());
  }

  public X509Certificate issue(CertificateAuthority.Request request) {
    return authority.issue(request);
  }

  public X509Certificate issue(String subject, Usage usage) {
    return issue(request(KeyPairs.ecP256().getPublic(), subject, usage));
  }

  /** An end that trusts this authority. */
  public TlsIdentity identity(String commonName, Usage usage) {
    return identity(commonName, usage, this);
  }

  /** An end that trusts another one. */
  public TlsIdentity identity(String commonName, Usage usage, TestAuthority trusts) {
    KeyPair pair = KeyPairs.ecP256();
    X509Certificate certificate = issue(request(pair.getPublic(), "CN=" + commonName, usage));
    return new TlsIdentity(List.of(certificate), pair.getPrivate(), List.of(trusts.certificate()));
  }

  /** For a server of the JDK's at a loopback address; it asks for no certificate. */
  public SSLContext server(String commonName) throws GeneralSecurityException, IOException {
    TlsIdentity identity = identity(commonName, Usage.SERVER);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    store.setKeyEntry(
        "server", identity.key(), NO_PASSWORD, identity.chain().toArray(new Certificate[0]));
    // The other kind unlocks the key anew for each handshake, which takes as long as the rest.
    KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
    keys.init(store, NO_PASSWORD);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  /** {@code tls.crt}, {@code tls.key} and {@code ca.crt}, as in a Kubernetes TLS secret. */
  public static void write(Path folder, TlsIdentity identity) throws IOException {
    StringBuilder chain = new StringBuilder();
    identity.chain().forEach(certificate -> chain.append(Pem.encode(certificate)));
    AtomicFile.write(folder.resolve("tls.crt"), chain.toString(), AtomicFile.PUBLIC);
    AtomicFile.write(
        folder.resolve("ca.crt"), Pem.encode(identity.authorities().getFirst()), AtomicFile.PUBLIC);
    try (Secret key = Pem.encode(identity.key())) {
      byte[] pem = key.expose();
      AtomicFile.write(folder.resolve("tls.key"), pem, AtomicFile.PRIVATE);
    }
  }
}
