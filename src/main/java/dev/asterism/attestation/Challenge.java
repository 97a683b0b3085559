package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the verifier asked for.
 *
 * @param nonce what it sent, exactly
 * @param userData what the evidence must carry (in aTLS: the hash of the certificate's key); null
 *     only where a person looks at saved evidence without knowing it
 * @param at the time at which certificates and collateral must be valid
 */
public record Challenge(Bytes nonce, @Nullable Bytes userData, Instant at) {}
