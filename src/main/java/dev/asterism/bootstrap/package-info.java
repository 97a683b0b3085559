/** The role between boot and kubelet: init server, join client, node lock. */
@NullMarked
package dev.asterism.bootstrap;

import org.jspecify.annotations.NullMarked;
