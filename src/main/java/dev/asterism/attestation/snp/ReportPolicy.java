package dev.asterism.attestation.snp;

import dev.asterism.wire.Bytes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which genuine reports are good.
 *
 * @param allowed what the guest's policy may allow, of the bits that do not protect
 * @param required what the guest's policy must demand, of the bits that protect
 * @param platform what the platform must have
 * @param vmpls privilege levels
 * @param minimumTcb by product line; a line that is not listed is refused, and where none is, all
 *     versions are taken
 * @param lists the good values of fields; of a field without a list, all are
 * @param cspIds providers whose VLEK is taken; null: any
 * @param minimumGuestSvn of the id block
 * @param minimumVersion of the report's format
 * @param maximumVersion of the report's format
 * @param launchMitigations bits that must be set in the vector of the launch
 * @param currentMitigations bits that must be set in the current vector
 */
public record ReportPolicy(
    Set<GuestPolicyBit> allowed,
    Set<GuestPolicyBit> required,
    Set<PlatformInfoBit> platform,
    Set<Long> vmpls,
    Map<ProductLine, TcbMinimum> minimumTcb,
    Map<ListedField, Set<Bytes>> lists,
    @Nullable Set<String> cspIds,
    long minimumGuestSvn,
    long minimumVersion,
    long maximumVersion,
    long launchMitigations,
    long currentMitigations) {

  /** No version is too new. */
  static final long ANY_VERSION = 0xffff_ffffL;

  /** What nobody should do without: VMPL 0, no debugging, migration or CXL. SMT is common. */
  public static final ReportPolicy BASIC =
      new ReportPolicy(
          Set.of(GuestPolicyBit.SMT),
          Set.of(),
          Set.of(),
          Set.of(0L),
          Map.of(),
          Map.of(),
          null,
          0,
          0,
          ANY_VERSION,
          0,
          0);

  public ReportPolicy {
    allowed = Set.copyOf(allowed);
    required = Set.copyOf(required);
    platform = Set.copyOf(platform);
    vmpls = Set.copyOf(vmpls);
    minimumTcb = Map.copyOf(minimumTcb);
    Map<ListedField, Set<Bytes>> copy = new EnumMap<>(ListedField.class);
    lists.forEach((field, values) -> copy.put(field, Set.copyOf(values)));
    lists = Collections.unmodifiableMap(copy);
    cspIds = cspIds == null ? null : Set.copyOf(cspIds);
  }

  /** The same, with other minima. */
  public ReportPolicy requiring(Map<ProductLine, TcbMinimum> minima) {
    return new ReportPolicy(
        allowed,
        required,
        platform,
        vmpls,
        minima,
        lists,
        cspIds,
        minimumGuestSvn,
        minimumVersion,
        maximumVersion,
        launchMitigations,
        currentMitigations);
  }

  /** The same, which takes the VLEK of any provider: whoever calls looks at it himself. */
  public ReportPolicy ofAnyProvider() {
    return new ReportPolicy(
        allowed,
        required,
        platform,
        vmpls,
        minimumTcb,
        lists,
        null,
        minimumGuestSvn,
        minimumVersion,
        maximumVersion,
        launchMitigations,
        currentMitigations);
  }

  /** The same, with another list of one field. */
  public ReportPolicy listing(ListedField field, Set<Bytes> values) {
    Map<ListedField, Set<Bytes>> changed = new EnumMap<>(ListedField.class);
    changed.putAll(lists);
    changed.put(field, values);
    return new ReportPolicy(
        allowed,
        required,
        platform,
        vmpls,
        minimumTcb,
        changed,
        cspIds,
        minimumGuestSvn,
        minimumVersion,
        maximumVersion,
        launchMitigations,
        currentMitigations);
  }
}
