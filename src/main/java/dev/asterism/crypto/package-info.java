/** Secrets, digests, X.509 and SSH formats; the only package that touches BouncyCastle. */
@NullMarked
package dev.asterism.crypto;

import org.jspecify.annotations.NullMarked;
