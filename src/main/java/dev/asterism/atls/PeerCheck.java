package dev.asterism.atls;

import static java.util.stream.Collectors.joining;

import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Challenge;
import dev.asterism.attestation.Claims;
import dev.asterism.attestation.Verifier;
import dev.asterism.attestation.Versioned;
import dev.asterism.crypto.Digests;
import dev.asterism.crypto.PeerCertificate;
import dev.asterism.crypto.SelfSignedCertificate.Extension;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The steps by which one side judges the other's certificate (wire contract, section 3). */
final class PeerCheck {
  /** As many as a server works at by its own limits, and some that do not end. */
  private static final int UNDER_WAY = 512;

  private final @Nullable PeerVerification verification;
  private final InstantSource clock;
  private final TimeLimit limit;

  /**
   * @param verification null: any current self-signed certificate will do
   * @param clock used where there is no verification
   */
  PeerCheck(@Nullable PeerVerification verification, InstantSource clock, Duration limit) {
    this.verification = verification;
    this.clock = verification == null ? clock : verification.clock();
    this.limit = new TimeLimit(limit, UNDER_WAY);
  }

  /**
   * Judges a peer, and tells the listener.
   *
   * @param nonce what this side sent to this peer
   * @return empty where this side does not verify
   * @throws PeerRefusedException unless the peer is accepted
   */
  Optional<AttestedPeer> check(X509Certificate[] chain, Bytes nonce, String peerAddress)
      throws PeerRefusedException {
    if (verification == null) {
      var _ = current(chain);
      return Optional.empty();
    }
    try {
      return Optional.of(verify(verification, current(chain), nonce, peerAddress));
    } catch (PeerRefusedException e) {
      if (e.kind() == PeerRefusedException.Kind.REJECTED) {
        verification.listener().rejected(peerAddress, e.reason());
      }
      throw e;
    }
  }

  private PeerCertificate current(X509Certificate[] chain) throws PeerRefusedException {
    if (chain.length != 1) {
      throw PeerRefusedException.rejected("presented " + chain.length + " certificates, not one");
    }
    PeerCertificate certificate;
    try {
      certificate = PeerCertificate.parse(Bytes.of(chain[0].getEncoded()));
    } catch (MalformedException | CertificateEncodingException e) {
      throw PeerRefusedException.rejected("certificate: " + e.getMessage());
    }
    Instant now = clock.instant();
    if (!certificate.validAt(now)) {
      throw PeerRefusedException.rejected(
          "the certificate is valid from %s to %s, and it is %s"
              .formatted(certificate.notBefore(), certificate.notAfter(), now));
    }
    if (!certificate.selfSigned()) {
      throw PeerRefusedException.rejected("the certificate is not signed by its own key");
    }
    return certificate;
  }

  private AttestedPeer verify(
      PeerVerification how, PeerCertificate certificate, Bytes nonce, String peerAddress)
      throws PeerRefusedException {
    Versioned<Verifier> policy = policy(how);
    Verifier verifier = policy.value();
    Bytes document = document(certificate.extensions(), verifier.variant().oid());
    Bytes keyHash = Digests.SHA256.of(certificate.publicKeyInfo());
    var challenge = new Challenge(nonce, keyHash, clock.instant());
    Appraisal appraisal;
    try {
      appraisal = limit.run("verification", () -> verifier.verify(document, challenge));
    } catch (HandshakeException e) {
      throw PeerRefusedException.rejected(String.valueOf(e.getMessage()));
    }
    how.listener().appraised(peerAddress, appraisal, policy.generation());
    if (!appraisal.accepted()) {
      throw PeerRefusedException.by(appraisal);
    }
    var peer = new AttestedPeer(appraisal, policy.generation(), clock.instant());
    if (!isAbout(peer.claims(), verifier, keyHash)) {
      throw PeerRefusedException.rejected("accepted evidence is not about this certificate's key");
    }
    return peer;
  }

  private static Versioned<Verifier> policy(PeerVerification how) throws PeerRefusedException {
    try {
      return how.verifier().get();
    } catch (RuntimeException e) {
      throw PeerRefusedException.rejected("no policy to verify by: " + e.getMessage());
    }
  }

  /** Every verifier compares the user data; the one link that ties keys to evidence gets two. */
  private static boolean isAbout(Claims claims, Verifier verifier, Bytes keyHash) {
    return claims.variant() == verifier.variant() && claims.userData().equals(keyHash);
  }

  private static Bytes document(List<Extension> extensions, String oid)
      throws PeerRefusedException {
    for (Extension extension : extensions) {
      if (extension.oid().equals(oid)) {
        return extension.value();
      }
    }
    throw PeerRefusedException.rejected(
        "no attestation document for %s; extensions: %s"
            .formatted(
                oid,
                extensions.isEmpty()
                    ? "none"
                    : extensions.stream().map(Extension::oid).collect(joining(", "))));
  }
}
