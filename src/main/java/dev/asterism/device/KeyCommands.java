package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;

/** Part 3: the commands about objects (sections 12, 24 and 28). */
final class KeyCommands {
  private static final int PERSISTENT_SLOTS = 16;

  /** Each is about 2 kB of state; only a runaway caller makes so many. */
  private static final int PRIMARIES = 64;

  /** TPM2B_DATA holds a TPMT_HA. */
  private static final int MAX_DATA = 66;

  private static final int ST_CREATION = 0x8021;
  private static final int LOCALITY_ZERO = 1;

  private KeyCommands() {}

  static CommandResponse createPrimary(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    ByteReader in = frame.in();
    ByteReader sensitive = in.narrow("inSensitive", in.u16be("inSensitive.size"));
    Bytes auth =
        CommandFrame.trimmed(sensitive.bytes("userAuth", sensitive.u16be("userAuth.size")));
    if (sensitive.u16be("data.size") != 0) {
      throw TpmError.parameter(1, TpmError.VALUE);
    }
    sensitive.end();
    Bytes template = in.bytes("inPublic", in.u16be("inPublic.size"));
    KeyTemplate parsed = KeyTemplate.read(template.reader("inPublic"));
    Bytes outsideInfo = in.bytes("outsideInfo", in.u16be("outsideInfo.size"));
    List<SoftwareSelection> creationPcr = SoftwareSelection.readList(in, 4);
    in.end();
    if (auth.length() > parsed.nameAlg().length() || outsideInfo.length() > MAX_DATA) {
      throw TpmError.parameter(auth.length() > parsed.nameAlg().length() ? 1 : 3, TpmError.SIZE);
    }
    long handle = freeHandle(context);
    long hierarchy = frame.handle(0);
    SoftwareKey made = primary(context, hierarchy, parsed, template);
    SoftwareKey key =
        new SoftwareKey(hierarchy, parsed, made.publicArea(), made.privateKey(), auth);
    context.loaded().put(handle, key);
    Bytes creation = creationData(context.state().pcrs, key, outsideInfo, creationPcr);
    Digests nameAlg = parsed.nameAlg();
    ByteWriter out =
        new ByteWriter()
            .sized16be(key.publicArea())
            .sized16be(creation)
            .sized16be(nameAlg.of(creation))
            // A ticket that nothing accepts: TPM2_CertifyCreation is not there.
            .u16be(ST_CREATION)
            .u32be(Tpm2.RH_NULL)
            .u16be(0)
            .sized16be(key.name());
    return new CommandResponse(new ByteWriter().u32be(handle).toBytes(), out.toBytes());
  }

  static CommandResponse readPublic(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    frame.in().end();
    SoftwareKey key = context.object(frame.handle(0), 1);
    return CommandResponse.of(
        new ByteWriter()
            .sized16be(key.publicArea())
            .sized16be(key.name())
            .sized16be(key.qualifiedName()));
  }

  static CommandResponse evictControl(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    long persistent = frame.in().u32be("persistentHandle");
    frame.in().end();
    long object = frame.handle(1);
    if (persistent < CommandContext.PERSISTENT
        || persistent >= CommandContext.PLATFORM_PERSISTENT) {
      throw TpmError.parameter(1, TpmError.RANGE);
    }
    var kept = context.state().persistent;
    if (CommandContext.isPersistent(object)) {
      if (object != persistent) {
        throw TpmError.handle(2, TpmError.HANDLE);
      }
      kept.remove(object);
    } else {
      SoftwareKey key = context.object(object, 2);
      if (key.hierarchy() == Tpm2.RH_NULL) {
        throw TpmError.handle(2, TpmError.HIERARCHY);
      }
      if (kept.containsKey(persistent)) {
        throw new TpmError(TpmError.NV_DEFINED);
      }
      if (kept.size() >= PERSISTENT_SLOTS) {
        throw new TpmError(TpmError.NV_SPACE);
      }
      kept.put(persistent, key);
    }
    context.state().touch();
    return CommandResponse.NOTHING;
  }

  static CommandResponse flushContext(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    long handle = frame.in().u32be("flushHandle");
    frame.in().end();
    if (context.loaded().remove(handle) == null) {
      throw TpmError.parameter(1, TpmError.HANDLE);
    }
    return CommandResponse.NOTHING;
  }

  private static SoftwareKey primary(
      CommandContext context, long hierarchy, KeyTemplate parsed, Bytes template) throws TpmError {
    var id = new SoftwareState.PrimaryId(hierarchy, Digests.SHA256.of(template).hex());
    var primaries = context.state().primaries;
    SoftwareKey known = primaries.get(id);
    if (known != null) {
      return known;
    }
    if (primaries.size() >= PRIMARIES) {
      throw new TpmError(TpmError.MEMORY);
    }
    SoftwareKey made = SoftwareKeys.generate(hierarchy, parsed, context.random());
    primaries.put(id, made);
    context.state().touch();
    return made;
  }

  private static long freeHandle(CommandContext context) throws TpmError {
    for (long handle = CommandContext.TRANSIENT;
        handle < CommandContext.TRANSIENT + CommandContext.TRANSIENT_SLOTS;
        handle++) {
      if (!context.loaded().containsKey(handle)) {
        return handle;
      }
    }
    throw new TpmError(TpmError.OBJECT_MEMORY);
  }

  /** TPMS_CREATION_DATA of a primary object. */
  private static Bytes creationData(
      SoftwarePcrs pcrs, SoftwareKey key, Bytes outsideInfo, List<SoftwareSelection> asked) {
    List<SoftwareSelection> selected = SoftwareSelection.allocated(asked, pcrs, Integer.MAX_VALUE);
    Bytes parent = new ByteWriter().u32be(key.hierarchy()).toBytes();
    ByteWriter out = new ByteWriter();
    SoftwareSelection.writeList(out, selected);
    return out.sized16be(QuoteCommand.digest(pcrs, selected, key.template().nameAlg()))
        .u8(LOCALITY_ZERO)
        .u16be(Tpm2.ALG_NULL)
        .sized16be(parent)
        .sized16be(parent)
        .sized16be(outsideInfo)
        .toBytes();
  }
}
