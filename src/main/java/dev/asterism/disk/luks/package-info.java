/** LUKS2 disks through libcryptsetup: a hostile header is verified before any key is used. */
@NullMarked
package dev.asterism.disk.luks;

import org.jspecify.annotations.NullMarked;
