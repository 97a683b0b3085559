package dev.asterism.attestation.aws;

import dev.asterism.testing.ForgedNitro;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Cbor;
import java.util.List;

/** What a Nitro hypervisor, or who claims to be one, says. */
public final class AwsFuzz {
  private AwsFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of("Cbor", bytes -> Cbor.parse("item", bytes), AwsFuzz::documents),
        FuzzTarget.of("CoseSign1", CoseSign1::parse, AwsFuzz::documents),
        FuzzTarget.of(
            "NitroDocument",
            NitroDocument::parse,
            () -> List.of(ForgedNitro.with(f -> {}).payload())));
  }

  private static List<Bytes> documents() {
    return List.of(
        ForgedNitro.with(f -> {}).document(), ForgedNitro.with(f -> f.tagged = true).document());
  }
}
