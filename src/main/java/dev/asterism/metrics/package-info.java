/** Counters, and the HTTP port that shows them with health and readiness. */
@NullMarked
package dev.asterism.metrics;

import org.jspecify.annotations.NullMarked;
