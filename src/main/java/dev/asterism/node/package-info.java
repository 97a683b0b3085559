/** The node itself: instance metadata, node state, its files and units. */
@NullMarked
package dev.asterism.node;

import org.jspecify.annotations.NullMarked;
