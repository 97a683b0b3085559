package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Part 3, section 22: the commands about PCRs. */
final class PcrCommands {
  /** TPML_DIGEST holds that many. */
  private static final int PCRS_PER_READ = 8;

  private static final int MAX_EVENT = 1024;

  private PcrCommands() {}

  static CommandResponse read(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    SoftwarePcrs pcrs = context.state().pcrs;
    List<SoftwareSelection> asked = SoftwareSelection.readList(frame.in(), 1);
    frame.in().end();
    List<SoftwareSelection> given = SoftwareSelection.allocated(asked, pcrs, PCRS_PER_READ);
    ByteWriter out = new ByteWriter().u32be(pcrs.updateCounter());
    SoftwareSelection.writeList(out, given);
    out.u32be(given.stream().mapToInt(s -> s.pcrs().size()).sum());
    given.forEach(s -> s.pcrs().forEach(pcr -> out.sized16be(pcrs.value(s.bank(), pcr))));
    return CommandResponse.of(out);
  }

  static CommandResponse extend(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    Map<Digests, Bytes> digests = readDigests(frame.in());
    frame.in().end();
    extend(context, frame.handle(0), digests);
    return CommandResponse.NOTHING;
  }

  static CommandResponse event(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    Bytes data = frame.in().bytes("eventData", frame.in().u16be("eventData.size"));
    frame.in().end();
    if (data.length() > MAX_EVENT) {
      throw TpmError.parameter(1, TpmError.SIZE);
    }
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    context.state().pcrs.banks().forEach(bank -> digests.put(bank, bank.of(data)));
    extend(context, frame.handle(0), digests);
    ByteWriter out = new ByteWriter().u32be(digests.size());
    digests.forEach((bank, digest) -> out.u16be(Tpm2.algorithm(bank)).bytes(digest));
    return CommandResponse.of(out);
  }

  static CommandResponse reset(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    frame.in().end();
    int pcr = (int) frame.handle(0);
    if (!SoftwarePcrs.mayReset(pcr)) {
      throw new TpmError(TpmError.LOCALITY);
    }
    context.state().pcrs.reset(pcr);
    context.state().touch();
    return CommandResponse.NOTHING;
  }

  private static void extend(CommandContext context, long handle, Map<Digests, Bytes> digests)
      throws TpmError {
    if (handle == Tpm2.RH_NULL) {
      return;
    }
    if (!SoftwarePcrs.mayExtend((int) handle)) {
      throw new TpmError(TpmError.LOCALITY);
    }
    context.state().pcrs.extend((int) handle, digests);
    context.state().touch();
  }

  private static Map<Digests, Bytes> readDigests(ByteReader in)
      throws TpmError, MalformedException {
    long count = in.u32be("digests.count");
    if (count > Digests.values().length) {
      throw TpmError.parameter(1, TpmError.SIZE);
    }
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    for (long i = 0; i < count; i++) {
      Digests hash =
          Tpm2.hash(in.u16be("hashAlg")).orElseThrow(() -> TpmError.parameter(1, TpmError.HASH));
      digests.put(hash, in.bytes("digest", hash.length()));
    }
    return digests;
  }
}
