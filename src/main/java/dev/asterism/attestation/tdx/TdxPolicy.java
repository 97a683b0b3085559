package dev.asterism.attestation.tdx;

import dev.asterism.attestation.Measurements;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a relying party asks of a TD and its platform. A set or value that is null, or empty where
 * it is a set of acceptable values, is not asked.
 *
 * @param measurements 0 is MRTD, 1 to 4 are RTMR 0 to 3
 * @param requiresCollateral whether evidence stays undecided without collateral
 * @param statuses that are good enough, of platform, TDX module and quoting enclave together or of
 *     each; never {@link TcbStatus#REVOKED}
 * @param advisories that a platform may be open to; null: any that its status allows
 * @param leastEvaluationNumber smallest {@code tcbEvaluationDataNumber}
 */
public record TdxPolicy(
    Measurements measurements,
    TdxRoot root,
    boolean requiresCollateral,
    Set<TcbStatus> statuses,
    @Nullable Set<String> advisories,
    int leastEvaluationNumber,
    Td td,
    Platform platform) {

  /**
   * What is asked of the TD.
   *
   * @param debug whether its host may read and change it
   * @param migration whether it may move to another platform
   */
  record Td(
      boolean debug,
      boolean migration,
      @Nullable Bytes attributes,
      @Nullable Bytes xfam,
      Set<Bytes> mrSeams,
      Set<Bytes> mrConfigIds,
      Set<Bytes> mrOwners,
      Set<Bytes> mrOwnerConfigs) {
    Td {
      mrSeams = Set.copyOf(mrSeams);
      mrConfigIds = Set.copyOf(mrConfigIds);
      mrOwners = Set.copyOf(mrOwners);
      mrOwnerConfigs = Set.copyOf(mrOwnerConfigs);
    }

    /** Neither debug nor migration, and nothing else asked. */
    static final Td DEFAULT =
        new Td(false, false, null, null, Set.of(), Set.of(), Set.of(), Set.of());

    Td withDebug(boolean allowed) {
      return new Td(
          allowed, migration, attributes, xfam, mrSeams, mrConfigIds, mrOwners, mrOwnerConfigs);
    }
  }

  /**
   * What is asked of the platform.
   *
   * @param teeTcbSvn least SVNs, per byte
   * @param fmspcs 6 bytes each
   * @param ppids 16 bytes each
   */
  record Platform(
      @Nullable Bytes teeTcbSvn,
      @Nullable Bytes qeVendorId,
      int qeSvn,
      int pceSvn,
      Set<Bytes> fmspcs,
      Set<Bytes> ppids) {
    Platform {
      fmspcs = Set.copyOf(fmspcs);
      ppids = Set.copyOf(ppids);
    }

    /** Any whose quoting enclave is of Intel by its own word, too. */
    static final Platform OF_INTEL =
        new Platform(null, QuoteHeader.INTEL, 0, 0, Set.of(), Set.of());
  }

  public TdxPolicy {
    statuses = Set.copyOf(statuses);
    advisories = advisories == null ? null : Set.copyOf(advisories);
    if (statuses.contains(TcbStatus.REVOKED)) {
      throw new IllegalArgumentException("a revoked platform proves nothing");
    }
  }

  /**
   * Reads an attestation config.
   *
   * @param registers what MRTD and RTMRs must be, whatever the config's measurements are of
   */
  public static TdxPolicy parse(ObjectNode config, Measurements registers)
      throws MalformedException {
    return TdxPolicyJson.parse(config, registers);
  }

  /** Reads reference values of MRTD and RTMRs. */
  public static Measurements registers(ObjectNode config, String member) throws MalformedException {
    return Measurements.parse(
        Json.child(config, member), TdQuoteBody.REGISTER, RegisterAppraisal.REGISTERS);
  }

  TdxPolicy with(Measurements changed) {
    return new TdxPolicy(
        changed,
        root,
        requiresCollateral,
        statuses,
        advisories,
        leastEvaluationNumber,
        td,
        platform);
  }
}
