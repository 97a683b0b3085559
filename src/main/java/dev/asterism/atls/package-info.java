/** Binds evidence and nonces to a TLS connection; the only maker of attested peers. */
@NullMarked
package dev.asterism.atls;

import org.jspecify.annotations.NullMarked;
