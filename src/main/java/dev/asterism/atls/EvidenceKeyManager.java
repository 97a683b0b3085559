package dev.asterism.atls;

import dev.asterism.attestation.Issuer;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.KeyPairs;
import dev.asterism.crypto.SelfSignedCertificate;
import dev.asterism.crypto.SelfSignedCertificate.Extension;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Mints a key and a certificate for each handshake, with evidence over both and the peer's nonce
 * where this side attests. BoringSSL asks for them by an alias, once, right after it chose one.
 */
final class EvidenceKeyManager extends X509ExtendedKeyManager {
  private static final String COMMON_NAME = "Constellation";
  private static final Duration VALIDITY = Duration.ofHours(2);
  private static final String KEY_TYPE = "EC";

  /**
   * Quotes wait for one device. A chip makes a few in a second, so the last waits half a minute.
   */
  private static final int UNDER_WAY = 64;

  private record Minted(PrivateKey key, X509Certificate certificate) {}

  private final @Nullable Issuer issuer;
  private final InstantSource clock;
  private final TimeLimit limit;
  private final AtomicLong aliases = new AtomicLong();
  private final Map<String, Minted> minted = new ConcurrentHashMap<>();

  EvidenceKeyManager(@Nullable Issuer issuer, InstantSource clock, Duration limit) {
    this.issuer = issuer;
    this.clock = clock;
    this.limit = new TimeLimit(limit, UNDER_WAY);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    if (!keyType.equals(KEY_TYPE)) {
      return null;
    }
    String serverName = NativeTls.serverName(engine);
    try {
      // Who does not attest has no use for the nonce, but old servers insist on its form.
      Bytes nonce = serverName == null ? Bytes.EMPTY : Nonce.parse("server_name", serverName);
      if (issuer != null && nonce.length() != Nonce.LENGTH) {
        throw new MalformedException(
            "server_name", "holds a nonce of " + nonce.length() + " bytes, not 32");
      }
      return mint(engine, nonce);
    } catch (MalformedException e) {
      throw new HandshakeException("the client sent no nonce: " + e.getMessage(), e);
    }
  }

  @Override
  public String chooseEngineClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, SSLEngine engine) {
    try {
      return mint(engine, NonceAuthority.read(issuers));
    } catch (MalformedException e) {
      throw new HandshakeException("the server sent no nonce: " + e.getMessage(), e);
    }
  }

  private String mint(SSLEngine engine, Bytes nonce) {
    Minted fresh;
    try {
      fresh = Aside.run(engine, "attestation", () -> mint(nonce));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HandshakeException refused
          ? refused
          : new HandshakeException("no certificate could be made", e);
    }
    String alias = Long.toString(aliases.incrementAndGet());
    minted.put(alias, fresh);
    return alias;
  }

  private Minted mint(Bytes nonce) {
    KeyPair key = KeyPairs.ecP256();
    Instant now = clock.instant();
    Bytes certificate =
        SelfSignedCertificate.mint(
            key, COMMON_NAME, now.minus(VALIDITY), now.plus(VALIDITY), evidence(key, nonce));
    return new Minted(key.getPrivate(), PemCertificates.of(certificate));
  }

  private @Nullable Extension evidence(KeyPair key, Bytes nonce) {
    if (issuer == null) {
      return null;
    }
    Issuer device = issuer;
    Bytes userData = Digests.SHA256.of(Bytes.of(key.getPublic().getEncoded()));
    Bytes document = limit.run("attestation", () -> device.issue(userData, nonce));
    return new Extension(device.variant().oid(), document);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    Minted found = minted.get(alias);
    return found == null ? null : new X509Certificate[] {found.certificate()};
  }

  /** Asked for last, so nothing is kept for longer than BoringSSL needs to copy it. */
  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    Minted found = minted.remove(alias);
    return found == null ? null : found.key();
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }
}
