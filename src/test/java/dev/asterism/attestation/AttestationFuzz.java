package dev.asterism.attestation;

import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import java.util.List;

/** Reference values. */
public final class AttestationFuzz {
  private AttestationFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    String value = "00112233445566778899aabbccddeeff".repeat(2);
    return List.of(
        FuzzTarget.ofText(
                "Measurements",
                text -> Measurements.parse(Json.object("measurements", text), 32, 24),
                "{\"4\": {\"expected\": \"%s\", \"warnOnly\": true}, \"23\": \"%s\"}"
                    .formatted(value, value),
                "{}")
            .writing(m -> Bytes.ofUtf8(Json.line(m.toJson())))
            .quoting("the operator must know which register of his own file is meant"));
  }
}
