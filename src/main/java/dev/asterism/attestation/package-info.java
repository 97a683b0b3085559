/** The language of all platforms: variants, issuers, verifiers, policies, checks, appraisals. */
@NullMarked
package dev.asterism.attestation;

import org.jspecify.annotations.NullMarked;
