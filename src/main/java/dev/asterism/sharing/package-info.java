/** Shares out what is scarce among peers that nobody knows yet. */
@NullMarked
package dev.asterism.sharing;

import org.jspecify.annotations.NullMarked;
