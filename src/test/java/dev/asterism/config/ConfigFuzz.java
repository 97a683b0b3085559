package dev.asterism.config;

import dev.asterism.attestation.qemu.QemuVtpm;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.util.List;

/** The join-service's configuration. */
public final class ConfigFuzz {
  private static final String ADMISSION =
      """
      {"measurements": {},
       "admission": {
         "profile": "strict",
         "controlPlanes": {"mode": "listed", "names": ["a-1"]},
         "deny": {"names": ["b"], "disks": ["0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f"]}}}
      """;

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
                                .formatted("0f".repeat(32))),
                        Bytes.ofUtf8(ADMISSION)))
            .quoting("the operator must know which register of his own file is meant"),
        FuzzTarget.of(
            "MeasurementSalt",
            salt -> JoinConfig.parse(platform, Bytes.ofUtf8("{\"measurements\": {}}"), salt),
            () -> List.of(Bytes.zeros(32))));
  }
}
