package dev.asterism.device;

import dev.asterism.device.SoftwareState.NvArea;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;

/** Part 3, section 31: ordinary NV indices. */
final class NvCommands {
  static final int MAX_BUFFER = 1024;
  static final int MAX_INDEX = 8192;
  private static final int MAX_TOTAL = 64 * 1024;

  // TPMA_NV, part 2 section 13.4.
  private static final long OWNER_WRITE = 1L << 1;
  private static final long AUTH_WRITE = 1L << 2;
  private static final long OWNER_READ = 1L << 17;
  private static final long AUTH_READ = 1L << 18;
  private static final long NO_DA = 1L << 25;
  private static final long WRITTEN = 1L << 29;
  private static final long KNOWN = OWNER_WRITE | AUTH_WRITE | OWNER_READ | AUTH_READ | NO_DA;

  private NvCommands() {}

  static CommandResponse define(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    ByteReader in = frame.in();
    Bytes auth = CommandFrame.trimmed(in.bytes("auth", in.u16be("auth.size")));
    ByteReader area = in.narrow("publicInfo", in.u16be("publicInfo.size"));
    long index = area.u32be("nvIndex");
    int nameAlg = area.u16be("nameAlg");
    long attributes = area.u32be("attributes");
    Bytes policy = area.bytes("authPolicy", area.u16be("authPolicy.size"));
    int size = area.u16be("dataSize");
    area.end();
    in.end();
    if (!CommandContext.isNv(index)) {
      throw TpmError.parameter(2, TpmError.VALUE);
    }
    if (Tpm2.hash(nameAlg).isEmpty()) {
      throw TpmError.parameter(2, TpmError.HASH);
    }
    boolean usable =
        (attributes & (OWNER_WRITE | AUTH_WRITE)) != 0
            && (attributes & (OWNER_READ | AUTH_READ)) != 0;
    // Counters, bit fields, policies and locks need commands that are not there.
    if ((attributes & ~KNOWN) != 0 || !usable || !policy.isEmpty()) {
      throw TpmError.parameter(2, TpmError.ATTRIBUTES);
    }
    if (size > MAX_INDEX) {
      throw TpmError.parameter(2, TpmError.SIZE);
    }
    var nv = context.state().nv;
    if (nv.containsKey(index)) {
      throw new TpmError(TpmError.NV_DEFINED);
    }
    if (nv.values().stream().mapToInt(a -> a.data().length()).sum() + size > MAX_TOTAL) {
      throw new TpmError(TpmError.NV_SPACE);
    }
    nv.put(index, new NvArea(nameAlg, attributes, policy, auth, Bytes.zeros(size)));
    context.state().touch();
    return CommandResponse.NOTHING;
  }

  static CommandResponse undefine(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    frame.in().end();
    context.state().nv.remove(frame.handle(1));
    context.state().touch();
    return CommandResponse.NOTHING;
  }

  static CommandResponse write(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    ByteReader in = frame.in();
    Bytes data = in.bytes("data", in.u16be("data.size"));
    int offset = in.u16be("offset");
    in.end();
    NvArea area = authorized(context, frame, OWNER_WRITE, AUTH_WRITE);
    if (data.length() > MAX_BUFFER) {
      throw TpmError.parameter(1, TpmError.VALUE);
    }
    if (offset + data.length() > area.data().length()) {
      throw new TpmError(TpmError.NV_RANGE);
    }
    Bytes written =
        Bytes.concat(
            area.data().slice(0, offset),
            data,
            area.data().slice(offset + data.length(), area.data().length()));
    context
        .state()
        .nv
        .put(
            frame.handle(1),
            new NvArea(
                area.nameAlg(), area.attributes() | WRITTEN, area.policy(), area.auth(), written));
    context.state().touch();
    return CommandResponse.NOTHING;
  }

  static CommandResponse read(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    int size = frame.in().u16be("size");
    int offset = frame.in().u16be("offset");
    frame.in().end();
    NvArea area = authorized(context, frame, OWNER_READ, AUTH_READ);
    if ((area.attributes() & WRITTEN) == 0) {
      throw new TpmError(TpmError.NV_UNINITIALIZED);
    }
    if (size > MAX_BUFFER) {
      throw TpmError.parameter(1, TpmError.VALUE);
    }
    if (offset + size > area.data().length()) {
      throw new TpmError(TpmError.NV_RANGE);
    }
    return CommandResponse.of(new ByteWriter().sized16be(area.data().slice(offset, offset + size)));
  }

  /**
   * Puts what somebody else than the guest writes at the beginning of an index.
   *
   * @throws TpmError where there is no room
   */
  static void overwrite(CommandContext context, long index, Bytes content) throws TpmError {
    NvArea area = context.nv(index, 1);
    if (content.length() > area.data().length()) {
      throw new TpmError(TpmError.NV_RANGE);
    }
    Bytes rest = area.data().slice(content.length(), area.data().length());
    context
        .state()
        .nv
        .put(
            index,
            new NvArea(
                area.nameAlg(),
                area.attributes() | WRITTEN,
                area.policy(),
                area.auth(),
                Bytes.concat(content, rest)));
    context.state().touch();
  }

  static CommandResponse readPublic(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    frame.in().end();
    long index = frame.handle(0);
    NvArea area = context.nv(index, 1);
    Bytes publicArea =
        new ByteWriter()
            .u32be(index)
            .u16be(area.nameAlg())
            .u32be(area.attributes())
            .sized16be(area.policy())
            .u16be(area.data().length())
            .toBytes();
    Bytes name = SoftwareKey.named(Tpm2.hash(area.nameAlg()).orElseThrow(), publicArea);
    return CommandResponse.of(new ByteWriter().sized16be(publicArea).sized16be(name));
  }

  /** The index, where the authorizing handle may do that to it. */
  private static NvArea authorized(
      CommandContext context, CommandFrame frame, long byOwner, long byIndex) throws TpmError {
    long authority = frame.handle(0);
    NvArea area = context.nv(frame.handle(1), 2);
    boolean allowed =
        authority == Tpm2.RH_OWNER
            ? (area.attributes() & byOwner) != 0
            : authority == frame.handle(1) && (area.attributes() & byIndex) != 0;
    if (!allowed) {
      throw new TpmError(TpmError.NV_AUTHORIZATION);
    }
    return area;
  }
}
