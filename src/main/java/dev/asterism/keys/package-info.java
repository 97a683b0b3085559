/** Key sources and stores by URI, data key ids, the cluster id. */
@NullMarked
package dev.asterism.keys;

import org.jspecify.annotations.NullMarked;
