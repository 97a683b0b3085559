package dev.asterism.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.config.AdmissionPolicy.ControlPlanes;
import dev.asterism.config.AdmissionPolicy.Deny;
import dev.asterism.config.AdmissionPolicy.Profile;
import dev.asterism.testing.CapturedLog;
import dev.asterism.testing.FakePlatform;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionPolicyTest {
  private static final String KEY = "ab".repeat(32);
  private static final String NAME = "000b" + KEY;
  private static final String CHIP = "cd".repeat(64);
  private static final String DISK = "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f";

  private static AdmissionPolicy parse(String admission) throws MalformedException {
    return AdmissionPolicy.parse(
        Json.object("config", "{\"admission\": " + admission + ", \"measurements\": {}}"));
  }

  @Test
  void isStrictWhereNothingIsSaid() throws Exception {
    assertEquals(
        new AdmissionPolicy(Profile.STRICT, new ControlPlanes.Any(), Deny.NOBODY),
        AdmissionPolicy.parse(Json.newObject()));
    assertEquals(AdmissionPolicy.DEFAULT, parse("{}"));
    assertEquals(List.of(), AdmissionPolicy.DEFAULT.warnings());
  }

  @Test
  void readsAllThatCanBeSaid() throws Exception {
    assertEquals(
        new AdmissionPolicy(
            Profile.COMPATIBLE,
            new ControlPlanes.Listed(Set.of("cp-1", "cp-2.example.com")),
            new Deny(
                Set.of(Bytes.ofHex("", KEY), Bytes.ofHex("", NAME)),
                Set.of(Bytes.ofHex("", CHIP)),
                Set.of(DISK),
                Set.of("worker-9"))),
        parse(
            """
            {"profile": "compatible",
             "controlPlanes": {"mode": "listed", "names": ["cp-1", "cp-2.example.com"]},
             "deny": {"attestationKeys": ["%s", "%s"], "chips": ["%s"], "disks": ["%s"],
                      "names": ["worker-9"]}}
            """
                .formatted(KEY, NAME, CHIP, DISK)));
    assertEquals(
        new ControlPlanes.ByApproval(),
        parse("{\"controlPlanes\": {\"mode\": \"approval\"}}").controlPlanes());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "admission | null",
        "admission | []",
        "admission | {\"denny\": {}}",
        "admission.profile | {\"profile\": \"lax\"}",
        "admission.profile | {\"profile\": 1}",
        "admission.controlPlanes | {\"controlPlanes\": \"any\"}",
        "admission.controlPlanes | {\"controlPlanes\": {\"mode\": \"any\", \"nodes\": []}}",
        "admission.controlPlanes.mode | {\"controlPlanes\": {}}",
        "admission.controlPlanes.mode | {\"controlPlanes\": {\"mode\": \"some\"}}",
        "admission.controlPlanes.names | {\"controlPlanes\": {\"mode\": \"any\", \"names\": []}}",
        "admission.controlPlanes.names | {\"controlPlanes\": {\"mode\": \"listed\"}}",
        "admission.controlPlanes.names | {\"controlPlanes\": {\"mode\": \"listed\", \"names\": [\"CP_1\"]}}",
        "admission.deny | {\"deny\": []}",
        "admission.deny | {\"deny\": {\"disk\": []}}",
        "admission.deny.attestationKeys | {\"deny\": {\"attestationKeys\": \"ab\"}}",
        "admission.deny.attestationKeys | {\"deny\": {\"attestationKeys\": [\"ab\"]}}",
        "admission.deny.attestationKeys | {\"deny\": {\"attestationKeys\": [\"xy\"]}}",
        "admission.deny.attestationKeys | {\"deny\": {\"attestationKeys\": [7]}}",
        "admission.deny.chips | {\"deny\": {\"chips\": [\"abcd\"]}}",
        "admission.deny.disks | {\"deny\": {\"disks\": [\"0B7C9F2E-1D3A-4C5B-8E6F-7A8B9C0D1E2F\"]}}",
        "admission.deny.names | {\"deny\": {\"names\": [\"Worker\"]}}",
        "admission.controlPlanes.mode"
            + " | {\"profile\": \"compatible\", \"controlPlanes\": {\"mode\": \"approval\"}}",
      })
  void saysWhichMemberIsWrong(String field, String json) {
    var error = assertThrows(MalformedException.class, () -> parse(json));
    assertEquals(field, error.field(), error.getMessage());
  }

  @Test
  void warnsOfWhatIsLaxEachTimeItComesIntoForce(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve(JoinConfig.ATTESTATION_CONFIG),
        """
        {"measurements": {}, "admission": {"profile": "compatible",
         "deny": {"attestationKeys": ["%s"]}}}
        """
            .formatted(NAME));
    Files.write(folder.resolve(JoinConfig.MEASUREMENT_SALT), new byte[32]);
    var nobody =
        new Reloading.Listener() {
          @Override
          public void reloaded(long generation) {}

          @Override
          public void rejected(String reason, long generation) {}
        };
    try (var log = new CapturedLog();
        var config =
            JoinConfig.watch(folder, new FakePlatform(), nobody, Reloading.DEFAULT_INTERVAL)) {
      assertEquals(Profile.COMPATIBLE, config.get().value().admission().profile());
      assertTrue(log.text().contains("admission.profile is compatible"), log.text());
      assertTrue(log.text().contains("lists TPM names"), log.text());
    }
  }
}
