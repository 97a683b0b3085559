/** AMD SEV-SNP as a root of trust: reports, their certificates, what to ask of them. */
@NullMarked
package dev.asterism.attestation.snp;

import org.jspecify.annotations.NullMarked;
