/** TCG event logs: parse, replay, write. */
@NullMarked
package dev.asterism.attestation.eventlog;

import org.jspecify.annotations.NullMarked;
