/** Confidential guests on bare metal and KVM, whose evidence comes from the hardware alone. */
@NullMarked
package dev.asterism.attestation.metal;

import org.jspecify.annotations.NullMarked;
