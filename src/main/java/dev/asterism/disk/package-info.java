/** The state disk: its identity, its key, its marker. */
@NullMarked
package dev.asterism.disk;

import org.jspecify.annotations.NullMarked;
