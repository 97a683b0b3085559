/** Intel TDX as a root of trust: parse, verify and appraise quotes, and issue them. */
@NullMarked
package dev.asterism.attestation.tdx;

import org.jspecify.annotations.NullMarked;
