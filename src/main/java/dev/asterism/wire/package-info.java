/** Bounded readers and writers for bytes and JSON that a stranger sent. */
@NullMarked
package dev.asterism.wire;

import org.jspecify.annotations.NullMarked;
