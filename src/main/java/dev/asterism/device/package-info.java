/** TPMs: bytes in, bytes out. The kernel's, a swtpm, and one in software. */
@NullMarked
package dev.asterism.device;

import org.jspecify.annotations.NullMarked;
