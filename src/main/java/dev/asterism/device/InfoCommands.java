package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.MalformedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.LongStream;

/** Part 3: start-up, tests, random numbers, the clock, and what the TPM says of itself. */
final class InfoCommands {
  private static final int MAX_RANDOM = 64;
  private static final int MAX_CAPABILITIES = 64;

  private InfoCommands() {}

  static CommandResponse testResult(CommandFrame frame) throws MalformedException {
    frame.in().end();
    return CommandResponse.of(new ByteWriter().u16be(0).u32be(Tpm2.RC_SUCCESS));
  }

  static CommandResponse random(CommandContext context, CommandFrame frame)
      throws MalformedException {
    int asked = frame.in().u16be("bytesRequested");
    frame.in().end();
    byte[] bytes = new byte[Math.min(asked, MAX_RANDOM)];
    context.random().nextBytes(bytes);
    return CommandResponse.of(new ByteWriter().u16be(bytes.length).bytes(bytes));
  }

  /** TPMS_TIME_INFO. */
  static CommandResponse clock(CommandContext context, CommandFrame frame)
      throws MalformedException {
    frame.in().end();
    SoftwareState state = context.state();
    long clock = state.clock(context.now());
    return CommandResponse.of(
        new ByteWriter()
            .u64be(clock - state.clockAtStart)
            .u64be(clock)
            .u32be(state.resetCount)
            .u32be(0)
            .u8(1));
  }

  static CommandResponse capability(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    long capability = frame.in().u32be("capability");
    long property = frame.in().u32be("property");
    long count = Math.min(frame.in().u32be("propertyCount"), MAX_CAPABILITIES);
    frame.in().end();
    return switch ((int) capability) {
      case Tpm2.CAP_PCRS -> pcrs(context.state().pcrs);
      case Tpm2.CAP_TPM_PROPERTIES ->
          list(
              capability,
              properties().tailMap(property),
              count,
              (out, e) -> out.u32be(e.getKey()).u32be(e.getValue()));
      case Tpm2.CAP_HANDLES ->
          list(
              capability,
              handles(context, property).tailMap(property),
              count,
              (out, e) -> out.u32be(e.getKey()));
      case Tpm2.CAP_ALGS ->
          list(
              capability,
              algorithms().tailMap(property),
              count,
              (out, e) -> out.u16be((int) (long) e.getKey()).u32be(e.getValue()));
      case Tpm2.CAP_COMMANDS ->
          list(
              capability, commands().tailMap(property), count, (out, e) -> out.u32be(e.getValue()));
      default -> throw TpmError.parameter(1, TpmError.VALUE);
    };
  }

  private static CommandResponse pcrs(SoftwarePcrs pcrs) {
    List<SoftwareSelection> banks = new ArrayList<>();
    for (Digests bank : Digests.values()) {
      TreeSet<Integer> all = new TreeSet<>();
      for (int pcr = 0; pcr < SoftwarePcrs.COUNT && pcrs.banks().contains(bank); pcr++) {
        all.add(pcr);
      }
      banks.add(new SoftwareSelection(bank, all));
    }
    ByteWriter out = new ByteWriter().u8(0).u32be(Tpm2.CAP_PCRS);
    SoftwareSelection.writeList(out, banks);
    return CommandResponse.of(out);
  }

  private static CommandResponse list(
      long capability,
      SortedMap<Long, Long> from,
      long count,
      BiConsumer<ByteWriter, Map.Entry<Long, Long>> write) {
    long given = Math.min(count, from.size());
    ByteWriter out =
        new ByteWriter().u8(given < from.size() ? 1 : 0).u32be(capability).u32be(given);
    from.entrySet().stream().limit(given).forEach(entry -> write.accept(out, entry));
    return CommandResponse.of(out);
  }

  /** TPM_PT, part 2 section 6.13. */
  private static SortedMap<Long, Long> properties() {
    SortedMap<Long, Long> map = new TreeMap<>();
    map.put(0x100L, 0x322e3000L); // FAMILY_INDICATOR "2.0"
    map.put(0x101L, 0L); // LEVEL
    map.put(0x102L, 138L); // REVISION 1.38
    map.put(0x105L, 0x41535452L); // MANUFACTURER "ASTR"
    map.put(0x106L, 0x536f6674L); // VENDOR_STRING_1 "Soft"
    map.put(0x107L, 0x77617265L); // VENDOR_STRING_2 "ware"
    map.put(0x10bL, 0L); // FIRMWARE_VERSION_1
    map.put(0x10cL, QuoteCommand.FIRMWARE_VERSION); // FIRMWARE_VERSION_2
    map.put(0x10dL, (long) NvCommands.MAX_BUFFER); // INPUT_BUFFER
    map.put(0x112L, (long) SoftwarePcrs.COUNT); // PCR_COUNT
    map.put(0x113L, 3L); // PCR_SELECT_MIN
    map.put(0x117L, (long) NvCommands.MAX_INDEX); // NV_INDEX_MAX
    map.put(0x120L, (long) Digests.SHA512.length()); // MAX_DIGEST
    map.put(0x12cL, (long) NvCommands.MAX_BUFFER); // NV_BUFFER_MAX
    map.put(0x200L, 0L); // PERMANENT: no authorization set
    map.put(0x201L, 0x80000006L); // STARTUP_CLEAR: orderly, owner and endorsement on
    return map;
  }

  private static SortedMap<Long, Long> handles(CommandContext context, long property) {
    LongStream handles =
        switch (CommandContext.kind(property)) {
          case 0x00 -> LongStream.range(0, SoftwarePcrs.COUNT);
          case 0x01 -> context.state().nv.keySet().stream().mapToLong(h -> h);
          case 0x40 -> LongStream.of(Tpm2.RH_OWNER, Tpm2.RH_NULL, Tpm2.RS_PW, Tpm2.RH_ENDORSEMENT);
          case 0x80 -> context.loaded().keySet().stream().mapToLong(h -> h);
          case 0x81 -> context.state().persistent.keySet().stream().mapToLong(h -> h);
          default -> LongStream.empty();
        };
    SortedMap<Long, Long> map = new TreeMap<>();
    handles.forEach(handle -> map.put(handle, 0L));
    return map;
  }

  /** TPMA_ALGORITHM: asymmetric 1, hash 4, signing 0x100, object 8. */
  private static SortedMap<Long, Long> algorithms() {
    SortedMap<Long, Long> map = new TreeMap<>();
    map.put((long) Tpm2.ALG_RSA, 0x9L);
    Arrays.stream(Digests.values()).forEach(h -> map.put((long) Tpm2.algorithm(h), 0x4L));
    map.put((long) Tpm2.ALG_RSASSA, 0x101L);
    map.put((long) Tpm2.ALG_RSAPSS, 0x101L);
    map.put((long) Tpm2.ALG_ECDSA, 0x101L);
    map.put((long) Tpm2.ALG_ECC, 0x9L);
    return map;
  }

  /** TPMA_CC: index, number of handles from bit 25, a handle in the response at bit 28. */
  private static SortedMap<Long, Long> commands() {
    SortedMap<Long, Long> map = new TreeMap<>();
    for (CommandSpec spec : CommandSpec.values()) {
      if (spec == CommandSpec.NITRO_REQUEST) {
        // The kernel's resource manager, which goes by this list, does not let it through either.
        continue;
      }
      long attributes = spec.code() | (long) spec.handles().size() << 25;
      map.put(
          (long) spec.code(),
          spec == CommandSpec.CREATE_PRIMARY ? attributes | 1L << 28 : attributes);
    }
    return map;
  }
}
