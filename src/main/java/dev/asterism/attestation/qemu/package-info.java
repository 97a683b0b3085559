/** The variants of QEMU guests. */
@NullMarked
package dev.asterism.attestation.qemu;

import org.jspecify.annotations.NullMarked;
