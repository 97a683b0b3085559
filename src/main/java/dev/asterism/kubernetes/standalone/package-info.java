/** Kubernetes on a machine that has none: the same answers, kept in files. */
@NullMarked
package dev.asterism.kubernetes.standalone;

import org.jspecify.annotations.NullMarked;
