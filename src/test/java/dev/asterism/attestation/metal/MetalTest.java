package dev.asterism.attestation.metal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.EndorsementSource;
import dev.asterism.attestation.Platform;
import dev.asterism.attestation.Variant;
import dev.asterism.attestation.tdx.TdxCollateralSource;
import dev.asterism.attestation.tdx.TdxTrust;
import dev.asterism.testing.ForgedSnp;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MetalTest {
  private final Platform snp = new SevSnp(EndorsementSource.NONE);
  private final Platform tdx = new Tdx(new TdxTrust(TdxCollateralSource.NONE));

  @Test
  void policiesAreOfTheirVariants() throws Exception {
    assertEquals(Variant.SEV_SNP, snp.variant());
    assertEquals(Variant.TDX, tdx.variant());
    assertEquals(Variant.SEV_SNP, snp.policy(ForgedSnp.genuine().config()).variant());
    assertEquals(Variant.TDX, tdx.policy(ForgedTdx.config()).variant());
  }

  @Test
  void ofSevSnpMeasurementsMayBeMissingButAreNotSkipped() throws Exception {
    var config = ForgedSnp.genuine().config();
    assertEquals(Set.of(0), snp.policy(config).measurements().byIndex().keySet());
    config.remove("measurements");
    assertTrue(snp.policy(config).measurements().byIndex().isEmpty());
    config.putNull("measurements");
    assertTrue(snp.policy(config).measurements().byIndex().isEmpty());
    config.putObject("measurements").put("2", "00".repeat(48));
    assertThrows(MalformedException.class, () -> snp.policy(config));
    assertThrows(MalformedException.class, () -> tdx.policy(Json.newObject()));
  }

  @Test
  void documentsAreShown() throws Exception {
    assertTrue(snp.show(ForgedSnp.genuine().document()).size() > 10);
    var quote = ForgedTdx.genuine().quote.make();
    Bytes document = Bytes.ofUtf8("{\"RawQuote\":\"" + quote.base64() + "\"}");
    assertTrue(tdx.show(document).size() > 10);
  }
}
