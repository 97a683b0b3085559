/** gRPC channels and servers as every role needs them: limits, deadlines, metrics, the peer. */
@NullMarked
package dev.asterism.rpc;

import org.jspecify.annotations.NullMarked;
