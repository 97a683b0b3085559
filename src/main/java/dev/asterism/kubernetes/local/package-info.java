/** A control plane of real programs on this machine: for {@code mini}, and for tests. */
@NullMarked
package dev.asterism.kubernetes.local;

import org.jspecify.annotations.NullMarked;
