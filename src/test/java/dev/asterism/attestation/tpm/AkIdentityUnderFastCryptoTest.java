package dev.asterism.attestation.tpm;

import dev.asterism.testing.UnderFastCrypto;
import org.junit.jupiter.api.extension.ExtendWith;

/** A join-service finds the identity that a node's own bootstrap writes down. */
@ExtendWith(UnderFastCrypto.class)
class AkIdentityUnderFastCryptoTest extends AkIdentityTest {}
