package dev.asterism.attestation.tdx;

import dev.asterism.attestation.CheckId;
import dev.asterism.attestation.Checklist;
import dev.asterism.attestation.Stage;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Finds where a genuine quote's platform stands by genuine collateral. */
final class TcbEvaluation {
  static final CheckId QE_IDENTITY = new CheckId("qe.identity", Stage.TCB);
  static final CheckId QE_LEVEL = new CheckId("qe.level", Stage.TCB);
  static final CheckId INFO = new CheckId("tcb.info", Stage.TCB);
  static final CheckId MODULE = new CheckId("tcb.module", Stage.TCB);
  static final CheckId MODULE_LEVEL = new CheckId("tcb.module-level", Stage.TCB);
  static final CheckId LEVEL = new CheckId("tcb.level", Stage.TCB);

  /** What {@link #evaluate} asks. */
  static final List<CheckId> PLAN =
      List.of(QE_IDENTITY, QE_LEVEL, INFO, MODULE, MODULE_LEVEL, LEVEL);

  private static final String QE = "TD_QE";
  private static final int QE_VERSION = 2;
  private static final String TDX = "TDX";
  private static final int INFO_VERSION = 3;

  /** Components compared one by one. */
  private static final int TCB_TYPE = 0;

  private static final String UNKNOWN = "no level that Intel lists is reached";

  private final Checklist checks;
  private final VerifiedTdQuote quote;
  private final TcbInfo info;
  private final QeIdentity qe;

  TcbEvaluation(Checklist checks, VerifiedTdQuote quote, VerifiedCollateral collateral) {
    this.checks = checks;
    this.quote = quote;
    this.info = collateral.tcbInfo();
    this.qe = collateral.qeIdentity();
  }

  /** Runs the steps in order; empty where one fails. */
  Optional<TcbVerdict> evaluate() {
    // 12. The quoting enclave is Intel's for TDs,
    if (!qeIdentity()) {
      return Optional.empty();
    }
    // 13. and at a level that Intel knows.
    Optional<TcbAssessment> qeLevel = qeLevel();
    // 14. The TCB info is about such platforms.
    if (qeLevel.isEmpty() || !info()) {
      return Optional.empty();
    }
    // 15. The TDX module is one that Intel knows,
    Optional<TdxModule> module = module();
    if (module.isEmpty()) {
      return Optional.empty();
    }
    // 16. and at a level that it knows.
    Optional<TcbAssessment> moduleLevel = moduleLevel(module.get());
    if (moduleLevel.isEmpty()) {
      return Optional.empty();
    }
    // 17. So is the platform. What the three are worth together is the policy's business.
    return platformLevel()
        .map(platform -> TcbVerdict.of(platform).with(moduleLevel.get()).with(qeLevel.get()));
  }

  private boolean qeIdentity() {
    if (!qe.id().equals(QE) || qe.version() != QE_VERSION) {
      checks.fail(QE_IDENTITY, "it is not an identity of " + QE + " in version " + QE_VERSION);
      return false;
    }
    String difference = qe.difference(quote.qeReport());
    if (difference.isEmpty()) {
      checks.pass(QE_IDENTITY, "");
    } else {
      checks.fail(QE_IDENTITY, "the quoting enclave is not Intel's: " + difference);
    }
    return difference.isEmpty();
  }

  private Optional<TcbAssessment> qeLevel() {
    return level(
        QE_LEVEL,
        IsvLevel.reached(qe.levels(), quote.qeReport().isvSvn()).map(IsvLevel::assessment),
        () -> "ISVSVN " + quote.qeReport().isvSvn());
  }

  private boolean info() {
    boolean kind =
        info.id().equals(TDX) && info.version() == INFO_VERSION && info.tcbType() == TCB_TYPE;
    if (!kind) {
      checks.fail(INFO, "it is not a TCB info of TDX in version " + INFO_VERSION);
      return false;
    }
    boolean same =
        info.fmspc().equals(quote.platform().fmspc())
            && info.pceId().equals(quote.platform().pceId());
    if (same) {
      checks.pass(INFO, "");
    } else {
      checks.check(
          INFO,
          false,
          "FMSPC " + quote.platform().fmspc() + ", PCE id " + quote.platform().pceId(),
          "FMSPC " + info.fmspc() + ", PCE id " + info.pceId());
    }
    return same;
  }

  private Optional<TdxModule> module() {
    Optional<TdxModule> module = info.module(quote.body());
    if (module.isEmpty()) {
      checks.fail(MODULE, "Intel lists no TDX module of version " + quote.body().moduleVersion());
      return module;
    }
    if (module.get().isThatOf(quote.body())) {
      checks.pass(MODULE, module.get().id());
      return module;
    }
    checks.check(
        MODULE,
        false,
        "MRSIGNERSEAM " + module.get().mrSigner() + ", attributes " + module.get().attributes(),
        "MRSIGNERSEAM "
            + quote.body().mrSignerSeam()
            + ", attributes "
            + quote.body().seamAttributes());
    return Optional.empty();
  }

  private Optional<TcbAssessment> moduleLevel(TdxModule module) {
    if (quote.body().moduleVersion() == 0) {
      checks.pass(MODULE_LEVEL, "a module of TDX 1.0: it is part of the platform's level");
      return Optional.of(new TcbAssessment(TcbStatus.UP_TO_DATE, "", List.of()));
    }
    return level(
        MODULE_LEVEL,
        IsvLevel.reached(module.levels(), quote.body().moduleSvn()).map(IsvLevel::assessment),
        () -> module.id() + " SVN " + quote.body().moduleSvn());
  }

  private Optional<TcbAssessment> platformLevel() {
    return level(
        LEVEL,
        info.reached(quote.platform(), quote.body()).map(TcbLevel::assessment),
        () ->
            "components "
                + quote.platform().components()
                + ", PCESVN "
                + quote.platform().pceSvn()
                + ", TEE_TCB_SVN "
                + quote.body().teeTcbSvn());
  }

  /**
   * @param actual what was held against the levels: put into words only where none is reached, as
   *     this is done for every node
   */
  private Optional<TcbAssessment> level(
      CheckId id, Optional<TcbAssessment> level, Supplier<String> actual) {
    if (level.isEmpty()) {
      checks.fail(id, UNKNOWN + " by " + actual.get());
    } else {
      checks.pass(id, level.get().describe());
    }
    return level;
  }
}
