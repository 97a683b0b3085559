package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.asterism.attestation.tdx.TdxCollateralSource.UnavailableException;
import dev.asterism.device.SoftwareTdxVendor;
import dev.asterism.testing.ForgedTdx;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CollateralFolderTest {
  private static final TdxPlatformId PLATFORM =
      new TdxPlatformId(
          SoftwareTdxVendor.FMSPC,
          PckAuthority.PLATFORM,
          ForgedTdx.VENDOR.authority().certificate(),
          ForgedTdx.VENDOR.rootCertificate());

  @TempDir private Path folder;

  @BeforeEach
  void fill() throws IOException {
    for (Map.Entry<String, Bytes> file : ForgedTdx.genuine().collateral().entrySet()) {
      Files.write(folder.resolve(file.getKey()), file.getValue().toArray());
    }
  }

  @Test
  void whatHasNotChangedIsTheSame() throws UnavailableException {
    var source = new CollateralFolder(folder);

    assertSame(source.find(PLATFORM), source.find(PLATFORM));
  }

  @Test
  void aTcbInfoThatTurnsBadRefusesTheNextQuote() throws IOException {
    TdxTrust trust = new TdxTrust(new CollateralFolder(folder));
    TdxPolicy policy = TdxSteps.policy(ForgedTdx.config());
    ForgedTdx forged = ForgedTdx.genuine();
    assertTrue(TdxSteps.judge(forged, policy, ForgedTdx.AT, trust).accepted());

    Files.write(
        folder.resolve("tcb-info.json"),
        ForgedTdx.VENDOR
            .signed("tcbInfo", ForgedTdx.VENDOR.tcbInfo("OutOfDate", List.of("INTEL-SA-7")))
            .toArray());

    var refused = TdxSteps.judge(forged, policy, ForgedTdx.AT, trust);
    assertEquals("OutOfDate (INTEL-SA-7)", TdxSteps.only(refused).actual());
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Files.delete(folder.resolve("pck-crl.der"));
    var source = new CollateralFolder(folder);

    var e = assertThrows(UnavailableException.class, () -> source.find(PLATFORM));
    assertTrue(e.getMessage().contains("pck-crl.der"), e::getMessage);
  }
}
