/**
 * Where a node learns who it is: its cloud's metadata service, QEMU's, a file, flags. What the host
 * says is its word; here it gets a form, not truth.
 */
@NullMarked
package dev.asterism.node.metadata;

import org.jspecify.annotations.NullMarked;
