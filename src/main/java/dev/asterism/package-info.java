/** Asterism: attested bootstrapping for confidential Kubernetes. Holds only the entry point. */
@NullMarked
package dev.asterism;

import org.jspecify.annotations.NullMarked;
