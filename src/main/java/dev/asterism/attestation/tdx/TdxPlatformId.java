package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;

/**
 * Whose collateral is wanted: that of a platform whose certificates were verified.
 *
 * @param fmspc 6 bytes
 * @param issuer of the platform's PCK certificate
 * @param root of both
 */
public record TdxPlatformId(
    Bytes fmspc, PckAuthority authority, X509Certificate issuer, X509Certificate root) {}
