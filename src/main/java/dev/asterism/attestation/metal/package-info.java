/** Variants of confidential guests on one's own metal. */
@NullMarked
package dev.asterism.attestation.metal;

import org.jspecify.annotations.NullMarked;
