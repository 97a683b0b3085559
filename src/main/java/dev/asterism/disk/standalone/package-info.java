/** A state disk on a machine without one: its header, kept in a file. */
@NullMarked
package dev.asterism.disk.standalone;

import org.jspecify.annotations.NullMarked;
