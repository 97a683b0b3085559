package dev.asterism.cli;

import dev.asterism.testing.UnderFastCrypto;
import org.junit.jupiter.api.extension.ExtendWith;

/** Roles come to the same verdicts as verbs, though other code checks their signatures. */
@ExtendWith(UnderFastCrypto.class)
class VectorsUnderFastCryptoTest extends VectorsTest {}
