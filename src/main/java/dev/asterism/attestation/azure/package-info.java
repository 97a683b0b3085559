/**
 * Azure: a vTPM whose key is named by a report of the hardware below it, or certified by Microsoft.
 */
@NullMarked
package dev.asterism.attestation.azure;

import org.jspecify.annotations.NullMarked;
