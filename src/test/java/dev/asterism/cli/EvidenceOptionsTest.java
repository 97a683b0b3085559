package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.Variant;
import dev.asterism.wire.MalformedException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class EvidenceOptionsTest {
  private static EvidenceOptions parsed(String... arguments) {
    return CommandLine.populateCommand(new EvidenceOptions(), arguments);
  }

  @Test
  void aDeviceThatLetsInOneIsNotNamedTwice() throws Exception {
    String variant = "--attestation-variant=aws-sev-snp";
    EvidenceOptions twice = parsed(variant, "--tpm=/dev/tpm0", "--nitro-tpm=/dev/tpm0");
    var e = assertThrows(MalformedException.class, twice::issuer);
    assertEquals("--nitro-tpm", e.field());

    EvidenceOptions both = parsed(variant, "--tpm=/dev/tpmrm0", "--nitro-tpm=/dev/tpm0");
    assertEquals(Variant.AWS_SEV_SNP, both.issuer().variant());
  }
}
