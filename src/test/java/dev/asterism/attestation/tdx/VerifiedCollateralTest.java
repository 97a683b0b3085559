package dev.asterism.attestation.tdx;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.asterism.attestation.Check;
import dev.asterism.testing.ForgedTdx;
import org.junit.jupiter.api.Test;

/** When collateral is verified anew. */
class VerifiedCollateralTest {
  private static final String BEFORE = "verified when it was fetched";

  private final ForgedTdx genuine = ForgedTdx.genuine();
  private TdxCollateral current = TdxSteps.collateral(genuine);
  private final TdxTrust trust = new TdxTrust(platform -> current);

  private String noteOfItsSignatures() {
    return TdxSteps.judge(genuine, TdxSteps.policy(ForgedTdx.config()), ForgedTdx.AT, trust)
        .checks()
        .stream()
        .filter(c -> c.id().equals(CollateralVerifier.SIGNATURE))
        .map(Check::note)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theVeryObjectIsVerifiedOnceAndItsCopyAnew() {
    assertEquals("", noteOfItsSignatures());
    assertEquals(BEFORE, noteOfItsSignatures());

    current = TdxSteps.collateral(genuine);
    assertEquals("", noteOfItsSignatures());
    assertEquals(BEFORE, noteOfItsSignatures());
  }
}
