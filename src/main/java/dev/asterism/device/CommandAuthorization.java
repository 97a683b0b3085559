package dev.asterism.device;

import dev.asterism.wire.Bytes;

/** Checks a command's handles, and the passwords given for them (part 3, sections 5.4 to 5.6). */
final class CommandAuthorization {
  /** TPMA_NV_NO_DA. */
  private static final long NV_NO_DA = 1L << 25;

  private final CommandContext context;
  private final CommandFrame frame;

  CommandAuthorization(CommandContext context, CommandFrame frame) {
    this.context = context;
    this.frame = frame;
  }

  void check() throws TpmError {
    for (int i = 0; i < frame.handles().size(); i++) {
      checkHandle(frame.spec().handles().get(i), frame.handle(i), i + 1);
    }
    for (int i = 0; i < frame.passwords().size(); i++) {
      checkPassword(frame.handle(i), frame.passwords().get(i), i + 1);
    }
  }

  private void checkHandle(CommandSpec.Handle kind, long handle, int number) throws TpmError {
    boolean fits =
        switch (kind) {
          case PCR -> handle < SoftwarePcrs.COUNT;
          case PCR_OR_NULL -> handle < SoftwarePcrs.COUNT || handle == Tpm2.RH_NULL;
          case OWNER -> handle == Tpm2.RH_OWNER;
          case HIERARCHY -> isHierarchy(handle, number);
          case OBJECT -> CommandContext.isTransient(handle) || CommandContext.isPersistent(handle);
          case NV -> CommandContext.isNv(handle);
          case NV_AUTH -> handle == Tpm2.RH_OWNER || CommandContext.isNv(handle);
        };
    if (!fits) {
      throw TpmError.handle(number, TpmError.VALUE);
    }
    if (kind == CommandSpec.Handle.OBJECT) {
      context.object(handle, number);
    } else if (CommandContext.isNv(handle)) {
      context.nv(handle, number);
    }
  }

  private static boolean isHierarchy(long handle, int number) throws TpmError {
    if (handle == Tpm2.RH_PLATFORM) {
      // Firmware switches the platform hierarchy off before it boots a system.
      throw TpmError.handle(number, TpmError.HIERARCHY);
    }
    return handle == Tpm2.RH_OWNER || handle == Tpm2.RH_ENDORSEMENT || handle == Tpm2.RH_NULL;
  }

  private void checkPassword(long handle, Bytes password, int number) throws TpmError {
    if (CommandContext.isNv(handle)) {
      SoftwareState.NvArea area = context.nv(handle, number);
      check(area.auth(), password, number, (area.attributes() & NV_NO_DA) != 0);
    } else if (CommandContext.isTransient(handle) || CommandContext.isPersistent(handle)) {
      SoftwareKey key = context.object(handle, number);
      if (!key.template().userWithAuth()) {
        throw new TpmError(TpmError.AUTH_UNAVAILABLE);
      }
      check(key.auth(), password, number, key.template().isExemptFromLockout());
    } else {
      check(Bytes.EMPTY, password, number, true);
    }
  }

  private static void check(Bytes expected, Bytes password, int number, boolean exempt)
      throws TpmError {
    if (!expected.equals(password)) {
      throw TpmError.session(number, exempt ? TpmError.BAD_AUTH : TpmError.AUTH_FAIL);
    }
  }
}
