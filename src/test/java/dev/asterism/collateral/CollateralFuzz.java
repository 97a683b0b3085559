package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** What lies in cache folders. */
public final class CollateralFuzz {
  private CollateralFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
                "StoredCollateral",
                Stored::parse,
                () ->
                    List.of(
                        new Stored(
                                "amd-kds/vcek/v1/Milan/crl",
                                Instant.EPOCH,
                                new Endorsement(Bytes.ofUtf8("body"), Map.of("a", "b")))
                            .encode()))
            .writing(Stored::encode));
  }
}
