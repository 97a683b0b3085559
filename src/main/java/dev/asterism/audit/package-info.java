/** Append-only records of verdicts and decisions. */
@NullMarked
package dev.asterism.audit;

import org.jspecify.annotations.NullMarked;
