package dev.asterism.device;

import java.security.SecureRandom;
import java.util.SortedMap;

/**
 * What a command may touch.
 *
 * @param loaded transient objects by handle; they belong to one conversation, as behind the
 *     kernel's resource manager
 * @param now the machine's clock, in milliseconds since 1970
 */
record CommandContext(
    SoftwareState state, SortedMap<Long, SoftwareKey> loaded, SecureRandom random, long now) {
  static final long TRANSIENT = 0x80000000L;
  static final int TRANSIENT_SLOTS = 3;
  static final long PERSISTENT = 0x81000000L;

  /** Where the owner's persistent objects end and the platform's begin. */
  static final long PLATFORM_PERSISTENT = 0x81800000L;

  static final long NV = 0x01000000L;

  /** The kind of a handle (part 2, section 7.2). */
  static int kind(long handle) {
    return (int) (handle >>> 24);
  }

  static boolean isPersistent(long handle) {
    return kind(handle) == kind(PERSISTENT);
  }

  static boolean isTransient(long handle) {
    return kind(handle) == kind(TRANSIENT);
  }

  static boolean isNv(long handle) {
    return kind(handle) == kind(NV);
  }

  /**
   * The object of a handle.
   *
   * @param number the handle's place in the command, from 1
   */
  SoftwareKey object(long handle, int number) throws TpmError {
    SoftwareKey key = isPersistent(handle) ? state.persistent.get(handle) : loaded.get(handle);
    if (key != null) {
      return key;
    }
    if (isPersistent(handle)) {
      throw TpmError.handle(number, TpmError.HANDLE);
    }
    throw handle < TRANSIENT + TRANSIENT_SLOTS
        ? new TpmError(TpmError.REFERENCE_H0 + number - 1)
        : TpmError.handle(number, TpmError.VALUE);
  }

  /** The NV index of a handle. */
  SoftwareState.NvArea nv(long handle, int number) throws TpmError {
    SoftwareState.NvArea area = state.nv.get(handle);
    if (area == null) {
      throw TpmError.handle(number, TpmError.HANDLE);
    }
    return area;
  }
}
