package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.ByteReader;
import dev.asterism.wire.ByteWriter;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.util.List;

/** TPM2_Quote (part 3, section 18.4). */
final class QuoteCommand {
  /** TPM2B_DATA holds a TPMT_HA. */
  private static final int MAX_DATA = 66;

  /** TPMS_ATTEST.firmwareVersion. */
  static final long FIRMWARE_VERSION = 1;

  private QuoteCommand() {}

  static CommandResponse quote(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    ByteReader in = frame.in();
    Bytes qualifyingData = in.bytes("qualifyingData", in.u16be("qualifyingData.size"));
    if (qualifyingData.length() > MAX_DATA) {
      throw TpmError.parameter(1, TpmError.SIZE);
    }
    SoftwareKey key = context.object(frame.handle(0), 1);
    Scheme scheme = scheme(key.template(), in);
    List<SoftwareSelection> asked = SoftwareSelection.readList(in, 3);
    in.end();
    SoftwareState state = context.state();
    List<SoftwareSelection> selected =
        SoftwareSelection.allocated(asked, state.pcrs, Integer.MAX_VALUE);
    ByteWriter out =
        new ByteWriter()
            .u32be(Tpm2.GENERATED)
            .u16be(Tpm2.ST_ATTEST_QUOTE)
            .sized16be(key.qualifiedName())
            .sized16be(qualifyingData)
            .u64be(state.clock(context.now()))
            .u32be(state.resetCount)
            .u32be(0)
            .u8(1)
            .u64be(FIRMWARE_VERSION);
    SoftwareSelection.writeList(out, selected);
    Bytes attest = out.sized16be(digest(state.pcrs, selected, scheme.hash())).toBytes();
    Bytes signature = SoftwareKeys.sign(key, scheme.id(), scheme.hash(), attest);
    return CommandResponse.of(new ByteWriter().sized16be(attest).bytes(signature));
  }

  /** The hash over the selected values, in order. */
  static Bytes digest(SoftwarePcrs pcrs, List<SoftwareSelection> selected, Digests hash) {
    return hash.of(
        selected.stream()
            .flatMap(s -> s.pcrs().stream().map(pcr -> pcrs.value(s.bank(), pcr)))
            .toArray(Bytes[]::new));
  }

  private record Scheme(int id, Digests hash) {}

  /** The key's scheme; where it has none, the one that the command names. */
  private static Scheme scheme(KeyTemplate key, ByteReader in) throws TpmError, MalformedException {
    int asked = in.u16be("inScheme");
    Digests hash = null;
    if (asked != Tpm2.ALG_NULL) {
      hash =
          Tpm2.hash(in.u16be("inScheme.hash"))
              .orElseThrow(() -> TpmError.parameter(2, TpmError.HASH));
    }
    Digests own = key.schemeHash();
    if (own != null) {
      if (hash != null && (asked != key.scheme() || hash != own)) {
        throw TpmError.parameter(2, TpmError.SCHEME);
      }
      return new Scheme(key.scheme(), own);
    }
    boolean fits =
        key.isEcc()
            ? asked == Tpm2.ALG_ECDSA
            : asked == Tpm2.ALG_RSASSA || asked == Tpm2.ALG_RSAPSS;
    if (hash == null || !fits) {
      throw TpmError.parameter(2, TpmError.SCHEME);
    }
    return new Scheme(asked, hash);
  }
}
