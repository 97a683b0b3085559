package dev.asterism.attestation.tdx;

/**
 * What verifications share: the source of collateral, and what was learnt from it. One for each
 * process that judges live evidence; saved evidence of different times must not share one.
 */
public final class TdxTrust {
  private final TdxCollateralSource source;
  private final EvaluationNumbers numbers = new EvaluationNumbers();
  private final CollateralMemo memo = new CollateralMemo();
  private final PckChains chains = new PckChains();

  public TdxTrust(TdxCollateralSource source) {
    this.source = source;
  }

  TdxCollateralSource source() {
    return source;
  }

  EvaluationNumbers numbers() {
    return numbers;
  }

  CollateralMemo memo() {
    return memo;
  }

  PckChains chains() {
    return chains;
  }
}
