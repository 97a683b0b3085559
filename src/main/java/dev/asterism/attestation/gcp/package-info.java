/** Google Compute Engine: whose attestation key it is, and what the firmware says of itself. */
@NullMarked
package dev.asterism.attestation.gcp;

import org.jspecify.annotations.NullMarked;
