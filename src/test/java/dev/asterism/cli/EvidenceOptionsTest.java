package dev.asterism.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.attestation.Variant;
import dev.asterism.attestation.snp.SnpReport;
import dev.asterism.device.SoftwareLine;
import dev.asterism.device.SoftwareSnp;
import dev.asterism.device.SoftwareTpm;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class EvidenceOptionsTest {
  @TempDir Path folder;

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

  @Test
  void anAttestationServiceIsAskedWithTlsAlone() throws Exception {
    String variant = "--attestation-variant=azure-sev-snp";
    EvidenceOptions bare = parsed(variant, "--tpm=/dev/tpm0", "--maa-url=http://maa.example");
    var e = assertThrows(MalformedException.class, bare::issuer);
    assertEquals("--maa-url", e.field());

    EvidenceOptions tls = parsed(variant, "--tpm=/dev/tpm0", "--maa-url=https://maa.example");
    assertEquals(Variant.AZURE_SEV_SNP, tls.issuer().variant());
  }

  /** What a founder is put on record with is what its evidence would prove. */
  @Test
  void aLaunchStandsBesideTheKeyThatItsGuestNames() throws Exception {
    var random = new SecureRandom();
    SoftwareLine line = SoftwareLine.MILAN;
    SoftwareSnp guest =
        SoftwareSnp.launch(
            ForgedSnp.maker(line), ForgedSnp.MEASUREMENT, line.tcb(), Bytes.EMPTY, random);
    guest.write(folder.resolve("snp.json"));
    SoftwareTpm.create(folder.resolve("tpm.json"), random);
    String report = SnpReport.parse(guest.report(Bytes.zeros(64)).report()).reportId().hex();

    EvidenceOptions.Self onAws = self("aws-sev-snp");
    assertEquals(Set.of("akKey", "akName", "reportId"), onAws.evidence().keySet());
    assertEquals(report, onAws.evidence().get("reportId"));
    assertEquals("ak-" + onAws.evidence().get("akKey"), onAws.identity());

    assertEquals(Set.of("akKey", "akName"), self("qemu-vtpm").evidence().keySet());
    assertEquals("report-" + report, self("sev-snp").identity());
  }

  private EvidenceOptions.Self self(String variant) throws Exception {
    return parsed(
            "--attestation-variant=" + variant,
            "--tpm=software:" + folder.resolve("tpm.json"),
            "--snp=software:" + folder.resolve("snp.json"))
        .self();
  }
}
