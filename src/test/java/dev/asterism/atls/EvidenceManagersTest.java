package dev.asterism.atls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Issuer;
import dev.asterism.attestation.Versioned;
import dev.asterism.testing.DummyEvidence;
import dev.asterism.wire.Bytes;
import io.grpc.netty.shaded.io.netty.buffer.ByteBufAllocator;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.util.ReferenceCountUtil;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What BoringSSL asks the two managers, asked without it. */
class EvidenceManagersTest extends AtlsFixture {
  private final SslContext context = AtlsServer.context(null, null);
  private final List<SSLEngine> engines = new ArrayList<>();

  /** Before its handshake, so that no client has asked for a name. */
  private final SSLEngine engine = engine(null);

  private SSLEngine engine(@Nullable String host) {
    SSLEngine made =
        host == null
            ? context.newEngine(ByteBufAllocator.DEFAULT)
            : context.newEngine(ByteBufAllocator.DEFAULT, host, 443);
    engines.add(made);
    return made;
  }

  @AfterEach
  void release() {
    engines.forEach(ReferenceCountUtil::release);
  }

  private static EvidenceKeyManager keys(@Nullable Issuer issuer) {
    return new EvidenceKeyManager(issuer, InstantSource.system(), TimeLimit.DEFAULT);
  }

  @Test
  void aServerThatDoesNotAttestNeedsNoNonce() {
    EvidenceKeyManager keys = keys(null);
    String alias = keys.chooseEngineServerAlias("EC", null, engine);
    assertNotNull(keys.getCertificateChain(alias));
    assertNotNull(keys.getPrivateKey(alias));
    assertNull(keys.getPrivateKey(alias), "asked for once");
    assertNull(keys.getCertificateChain(alias));
  }

  @Test
  void thereIsNoCertificateOfAnotherKind() {
    assertNull(keys(null).chooseEngineServerAlias("RSA", null, engine));
  }

  @Test
  void saysWhyThereIsNoCertificate() {
    EvidenceKeyManager attesting =
        keys(
            DummyEvidence.issuer(
                VARIANT,
                (userData, nonce) -> {
                  throw new IllegalStateException("no TPM");
                }));
    NativeTls.setServerName(engine, Bytes.zeros(32).base64());
    var e =
        assertThrows(
            HandshakeException.class, () -> attesting.chooseEngineServerAlias("EC", null, engine));
    assertEquals("attestation failed: no TPM", e.getMessage());

    var timeless =
        new EvidenceKeyManager(
            null,
            () -> {
              throw new IllegalStateException("no clock");
            },
            TimeLimit.DEFAULT);
    e =
        assertThrows(
            HandshakeException.class, () -> timeless.chooseEngineServerAlias("EC", null, engine));
    assertEquals("no certificate could be made", e.getMessage());
  }

  @Test
  void aClientThatSentNoNonceTakesNobody() {
    var manager = EvidenceTrustManager.ofClient(check(serverHears));
    var e =
        assertThrows(
            CertificateException.class,
            () -> manager.checkServerTrusted(new X509Certificate[0], "EC", engine));
    assertEquals("this client sent no nonce", e.getMessage());
    assertNull(e.getCause());
  }

  @Test
  void aVerificationThatBreaksIsNoVerification() {
    PeerVerification.Listener broken =
        new PeerVerification.Listener() {
          @Override
          public void appraised(String peer, Appraisal appraisal, long generation) {}

          @Override
          public void rejected(String peer, String reason) {
            throw new IllegalStateException("disk full");
          }
        };
    var manager = EvidenceTrustManager.ofServer(check(broken), Bytes.zeros(32));
    var e =
        assertThrows(
            CertificateException.class,
            () -> manager.checkClientTrusted(new X509Certificate[0], "EC", engine));
    assertEquals("the verification failed", e.getMessage());
    assertEquals("disk full", e.getCause().getMessage());
  }

  private PeerCheck check(PeerVerification.Listener listener) {
    return new PeerCheck(
        new PeerVerification(() -> new Versioned<>(verifier, 1), InstantSource.system(), listener),
        InstantSource.system(),
        TimeLimit.DEFAULT);
  }

  @Test
  void anAddressIsWrittenAsPeopleDo() {
    assertEquals("unknown", EvidenceTrustManager.address(engine));
    assertEquals("10.0.0.1:443", EvidenceTrustManager.address(engine("10.0.0.1")));
    assertEquals("[::1]:443", EvidenceTrustManager.address(engine("::1")));
  }
}
