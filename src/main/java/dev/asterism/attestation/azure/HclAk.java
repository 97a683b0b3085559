package dev.asterism.attestation.azure;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import dev.asterism.attestation.tpm.SigningKeys;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.PublicKey;

/** From a report that the hardware signed to the attestation key of the paravisor's vTPM. */
final class HclAk {
  static final CheckId RUNTIME_DATA = new CheckId("hcl.runtime-data", Stage.BINDING);
  static final CheckId KEY = new CheckId("hcl.key", Stage.BINDING);

  private HclAk() {}

  /** Whether a genuine report vouches for these runtime data. */
  static boolean vouched(Checklist checks, Bytes runtimeData, Bytes reportData) {
    return checks.equal(RUNTIME_DATA, RuntimeData.reportData(runtimeData), reportData);
  }

  /** Whether the key that quotes is the one that they name. */
  static boolean named(Checklist checks, RuntimeData claims, PublicKey quoting) {
    return checks.equal(KEY, SigningKeys.spkiSha256(claims.ak()), SigningKeys.spkiSha256(quoting));
  }

  /** The same, for runtime data that nobody has read before. */
  static boolean named(Checklist checks, Bytes runtimeData, PublicKey quoting) {
    try {
      return named(checks, RuntimeData.parse(runtimeData), quoting);
    } catch (MalformedException e) {
      checks.fail(KEY, String.valueOf(e.getMessage()));
      return false;
    }
  }
}
