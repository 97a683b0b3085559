package dev.asterism.attestation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VariantTest {
  @Test
  void keepsTheNamesAndIdentifiersOfTheContract() {
    assertEquals("1.3.9900.5.1", Variant.QEMU_VTPM.oid());
    assertEquals("1.3.9900.5.99", Variant.QEMU_TDX.oid());
    assertEquals("1.3.9900.2.1", Variant.AWS_NITRO_TPM.oid());
    assertEquals("1.3.9900.2.2", Variant.AWS_SEV_SNP.oid());
    assertEquals("1.3.9900.3.1", Variant.GCP_SEV_ES.oid());
    assertEquals("1.3.9900.3.2", Variant.GCP_SEV_SNP.oid());
    assertEquals("1.3.9900.4.1", Variant.AZURE_SEV_SNP.oid());
    assertEquals("1.3.9900.4.2", Variant.AZURE_TRUSTEDLAUNCH.oid());
    assertEquals("1.3.9900.4.3", Variant.AZURE_TDX.oid());
    assertEquals("qemu-vtpm", Variant.QEMU_VTPM.id());
    assertEquals("aws-nitro-tpm", Variant.AWS_NITRO_TPM.id());
  }

  @Test
  void keepsOursBelowTheRangeThatIsOurs() {
    assertEquals("1.3.9900.64.2", Variant.SEV_SNP.oid());
    assertEquals("1.3.9900.64.3", Variant.TDX.oid());
  }

  @Test
  void isFoundByNameInAnyCaseAndByIdentifier() {
    assertEquals(Optional.of(Variant.QEMU_VTPM), Variant.byId("QEMU-vTPM"));
    assertEquals(Optional.empty(), Variant.byId("dummy"));
    assertEquals(Optional.of(Variant.TDX), Variant.byOid("1.3.9900.64.3"));
    assertTrue(
        Arrays.stream(Variant.values())
            .allMatch(v -> Variant.byOid(v.oid()).equals(Optional.of(v))));
  }

  @Test
  void registersAreCalledAsPeopleCallThem() {
    assertEquals("PCR 0", Variant.QEMU_VTPM.registerName(0));
    assertEquals("MRTD", Variant.TDX.registerName(0));
    assertEquals("RTMR 0", Variant.QEMU_TDX.registerName(1));
    assertEquals("launch measurement", Variant.SEV_SNP.registerName(0));
    assertEquals("cluster claim", Variant.SEV_SNP.registerName(1));
    assertTrue(Variant.QEMU_VTPM.tellsMachinesApart() && Variant.SEV_SNP.tellsMachinesApart());
    assertFalse(Variant.TDX.tellsMachinesApart());
  }
}
