package dev.asterism.device;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The vendor command of NitroTPMs (as {@code nitro-tpm-attest} of AWS has it): an NV index holds a
 * request in CBOR, as the Nitro Secure Module has them, and afterwards its answer.
 */
final class NitroCommand {
  private static final String WHAT = "NSM request";
  private static final String ATTESTATION = "Attestation";
  private static final int MAX_GIVEN = 1024;

  private NitroCommand() {}

  static CommandResponse request(CommandContext context, CommandFrame frame)
      throws TpmError, MalformedException {
    frame.in().end();
    SoftwareNitro nitro = context.state().nitro;
    if (nitro == null) {
      throw new TpmError(TpmError.COMMAND_CODE);
    }
    long index = frame.handle(1);
    if (frame.handle(0) != index) {
      throw new TpmError(TpmError.NV_AUTHORIZATION);
    }
    Cbor answer;
    try {
      answer = answer(context, nitro, context.nv(index, 2).data());
    } catch (MalformedException e) {
      answer = entry("Error", new Cbor.Text("InvalidArgument"));
    }
    NvCommands.overwrite(context, index, answer.encode());
    return CommandResponse.NOTHING;
  }

  private static Cbor answer(CommandContext context, SoftwareNitro nitro, Bytes buffer)
      throws MalformedException {
    if (!(Cbor.read(WHAT, buffer.reader(WHAT)) instanceof Cbor.Entries(Map<Cbor, Cbor> request))
        || !(request.get(new Cbor.Text(ATTESTATION))
            instanceof Cbor.Entries(Map<Cbor, Cbor> given))) {
      throw new MalformedException(WHAT, "asks for something else than an attestation");
    }
    Bytes document =
        nitro.document(
            context.state().pcrs,
            Instant.ofEpochMilli(context.now()),
            member(given, "public_key"),
            member(given, "user_data"),
            member(given, "nonce"));
    return entry(ATTESTATION, entry("document", new Cbor.ByteString(document)));
  }

  private static @Nullable Bytes member(Map<Cbor, Cbor> given, String name)
      throws MalformedException {
    return switch (given.get(new Cbor.Text(name))) {
      case null -> null;
      case Cbor.Null() -> null;
      case Cbor.ByteString(Bytes value) when value.length() <= MAX_GIVEN -> value;
      default -> throw new MalformedException(name, "is not a byte string of at most 1024 bytes");
    };
  }

  private static Cbor entry(String name, Cbor value) {
    return new Cbor.Entries(Map.of(new Cbor.Text(name), value));
  }
}
