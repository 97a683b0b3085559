package dev.asterism.config;

import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.util.List;

/** The join-service's configuration. */
public final class ConfigFuzz {
  private ConfigFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    var platform = new QemuVtpm();
    return List.of(
        FuzzTarget.of(
                "JoinConfig",
                config -> JoinConfig.parse(platform, config, Bytes.zeros(32)),
                () ->
                    List.of(
                        Bytes.ofUtf8(
                            "{\"measurements\": {\"4\": \"%s\"}, \"akTrust\": {\"mode\": \"any\"}}"
                                .formatted("0f".repeat(32)))))
            .quoting("the operator must know which register of his own file is meant"),
        FuzzTarget.of(
            "MeasurementSalt",
            salt -> JoinConfig.parse(platform, Bytes.ofUtf8("{\"measurements\": {}}"), salt),
            () -> List.of(Bytes.zeros(32))));
  }
}
