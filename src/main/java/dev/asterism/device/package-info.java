/** TPMs, SEV-SNP guests and TDs: bytes in, bytes out. The kernel's, a swtpm, those in software. */
@NullMarked
package dev.asterism.device;

import org.jspecify.annotations.NullMarked;
