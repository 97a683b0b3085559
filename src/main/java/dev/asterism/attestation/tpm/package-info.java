/** TPM 2.0 evidence: parse, verify, appraise, issue. */
@NullMarked
package dev.asterism.attestation.tpm;

import org.jspecify.annotations.NullMarked;
