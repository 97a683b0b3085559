/** Node services on a machine without systemd. */
@NullMarked
package dev.asterism.node.standalone;

import org.jspecify.annotations.NullMarked;
