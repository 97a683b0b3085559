package dev.asterism.device;

import java.util.Arrays;
import java.util.List;

/** The commands of part 3 that the software TPM knows, and what their handles must be. */
enum CommandSpec {
  EVICT_CONTROL(Tpm2.CC_EVICT_CONTROL, 1, Handle.OWNER, Handle.OBJECT),
  NV_UNDEFINE_SPACE(Tpm2.CC_NV_UNDEFINE_SPACE, 1, Handle.OWNER, Handle.NV),
  NV_DEFINE_SPACE(Tpm2.CC_NV_DEFINE_SPACE, 1, Handle.OWNER),
  CREATE_PRIMARY(Tpm2.CC_CREATE_PRIMARY, 1, Handle.HIERARCHY),
  NV_WRITE(Tpm2.CC_NV_WRITE, 1, Handle.NV_AUTH, Handle.NV),
  PCR_EVENT(Tpm2.CC_PCR_EVENT, 1, Handle.PCR_OR_NULL),
  PCR_RESET(Tpm2.CC_PCR_RESET, 1, Handle.PCR),
  SELF_TEST(Tpm2.CC_SELF_TEST, 0),
  STARTUP(Tpm2.CC_STARTUP, 0),
  SHUTDOWN(Tpm2.CC_SHUTDOWN, 0),
  NV_READ(Tpm2.CC_NV_READ, 1, Handle.NV_AUTH, Handle.NV),
  QUOTE(Tpm2.CC_QUOTE, 1, Handle.OBJECT),
  FLUSH_CONTEXT(Tpm2.CC_FLUSH_CONTEXT, 0),
  NV_READ_PUBLIC(Tpm2.CC_NV_READ_PUBLIC, 0, Handle.NV),
  READ_PUBLIC(Tpm2.CC_READ_PUBLIC, 0, Handle.OBJECT),
  GET_CAPABILITY(Tpm2.CC_GET_CAPABILITY, 0),
  GET_RANDOM(Tpm2.CC_GET_RANDOM, 0),
  GET_TEST_RESULT(Tpm2.CC_GET_TEST_RESULT, 0),
  PCR_READ(Tpm2.CC_PCR_READ, 0),
  READ_CLOCK(Tpm2.CC_READ_CLOCK, 0),
  PCR_EXTEND(Tpm2.CC_PCR_EXTEND, 1, Handle.PCR_OR_NULL),
  NITRO_REQUEST(Tpm2.CC_NITRO_REQUEST, 1, Handle.NV, Handle.NV);

  /** What a handle may be. */
  enum Handle {
    PCR,
    PCR_OR_NULL,
    OWNER,
    HIERARCHY,
    OBJECT,
    NV,
    /** The owner or an NV index. */
    NV_AUTH
  }

  private final int code;
  private final int authorized;

  /** Never changed; an enum cannot hold an immutable list in a way that the compiler can see. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Handle> handles;

  /**
   * @param authorized how many of the handles, from the first, need an authorization
   */
  CommandSpec(int code, int authorized, Handle... handles) {
    this.code = code;
    this.authorized = authorized;
    this.handles = List.of(handles);
  }

  int code() {
    return code;
  }

  int authorized() {
    return authorized;
  }

  List<Handle> handles() {
    return handles;
  }

  static CommandSpec of(long code) throws TpmError {
    return Arrays.stream(values())
        .filter(spec -> spec.code == code)
        .findAny()
        .orElseThrow(() -> new TpmError(TpmError.COMMAND_CODE));
  }
}
