/** A whole cluster on one machine, out of the same roles. */
@NullMarked
package dev.asterism.mini;

import org.jspecify.annotations.NullMarked;
