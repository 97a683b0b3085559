/** A cluster by its API server: the join-service's part, and a node's. */
@NullMarked
package dev.asterism.kubernetes.api;

import org.jspecify.annotations.NullMarked;
