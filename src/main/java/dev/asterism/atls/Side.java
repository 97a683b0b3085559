package dev.asterism.atls;

import dev.asterism.attestation.Issuer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * What one side of attested connections brings.
 *
 * @param issuer null: this side does not attest
 * @param peers null: this side does not verify
 * @param clock for its own certificates, and the peer's where nothing is verified
 * @param limit for one quote and for one verification
 */
record Side(
    @Nullable Issuer issuer,
    @Nullable PeerVerification peers,
    InstantSource clock,
    SecureRandom random,
    Duration limit) {

  static Side of(@Nullable Issuer issuer, @Nullable PeerVerification peers) {
    return new Side(issuer, peers, InstantSource.system(), new SecureRandom(), TimeLimit.DEFAULT);
  }

  EvidenceKeyManager keyManager() {
    return new EvidenceKeyManager(issuer, clock, limit);
  }

  PeerCheck peerCheck() {
    return new PeerCheck(peers, clock, limit);
  }
}
