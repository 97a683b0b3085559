package dev.asterism.attestation.azure;

import dev.asterism.testing.ForgedHcl;
import dev.asterism.testing.ForgedVtpm;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.util.List;

/** What the paravisor of an Azure VM, or who claims to be one, says. */
public final class AzureFuzz {
  private AzureFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.of(
            "HclReport",
            HclReport::parse,
            () -> List.of(forged(ForgedHcl.SNP), forged(ForgedHcl.TDX))),
        FuzzTarget.of(
            "HclRuntimeData", RuntimeData::parse, () -> List.of(hcl(ForgedHcl.SNP).runtimeData())));
  }

  private static Bytes forged(int reportType) {
    return hcl(reportType).report(Bytes.zeros(1024));
  }

  private static ForgedHcl hcl(int reportType) {
    return ForgedHcl.with(reportType, ForgedVtpm.keyPair("RSA").getPublic(), f -> {});
  }
}
