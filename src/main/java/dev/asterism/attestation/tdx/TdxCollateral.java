package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;

/**
 * What Intel publishes about a family of platforms, as it was fetched: nothing of it is verified.
 *
 * @param tcbInfo JSON, byte for byte
 * @param tcbInfoChain PEM: who signs it, then the root
 * @param qeIdentity JSON, byte for byte
 * @param qeIdentityChain PEM
 * @param rootCrl DER, of the root
 * @param pckCrl DER, of the authority that issued the PCK certificate
 */
public record TdxCollateral(
    Bytes tcbInfo,
    Bytes tcbInfoChain,
    Bytes qeIdentity,
    Bytes qeIdentityChain,
    Bytes rootCrl,
    Bytes pckCrl) {}
