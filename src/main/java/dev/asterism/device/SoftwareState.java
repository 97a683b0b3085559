package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that a software TPM keeps: what a real one has in NV memory, and the PCRs, which here outlive
 * the process as they outlive commands there. Mutable; guarded by whoever loaded it.
 */
final class SoftwareState {
  /** PCRs by bank. */
  final SoftwarePcrs pcrs;

  /** What a seed would derive each time anew is made once and kept, by {@link PrimaryId}. */
  final Map<PrimaryId, SoftwareKey> primaries = new TreeMap<>();

  final SortedMap<Long, SoftwareKey> persistent = new TreeMap<>();
  final SortedMap<Long, NvArea> nv = new TreeMap<>();

  /** Of a machine on a Nitro hypervisor; null on others. */
  @Nullable SoftwareNitro nitro;

  long resetCount;

  /** TPMS_CLOCK_INFO.clock, in milliseconds, when the TPM was last switched on. */
  long clockAtStart;

  /** The machine's clock then, in milliseconds since 1970. */
  long startedAt;

  private boolean changed;

  SoftwareState(Set<Digests> banks) {
    this(new SoftwarePcrs(banks));
  }

  SoftwareState(SoftwarePcrs pcrs) {
    this.pcrs = pcrs;
  }

  /** A primary object: its hierarchy, and the hash of all it is made from. */
  record PrimaryId(long hierarchy, String template) implements Comparable<PrimaryId> {
    @Override
    public int compareTo(PrimaryId other) {
      int byHierarchy = Long.compare(hierarchy, other.hierarchy);
      return byHierarchy != 0 ? byHierarchy : template.compareTo(other.template);
    }
  }

  /**
   * An ordinary NV index.
   *
   * @param attributes TPMA_NV
   * @param auth its password
   * @param data as long as it was defined
   */
  record NvArea(int nameAlg, long attributes, Bytes policy, Bytes auth, Bytes data) {}

  /** Off and on again. */
  void powerCycle(long now) {
    clockAtStart = clock(now);
    startedAt = now;
    resetCount++;
    pcrs.reset();
    primaries.keySet().removeIf(id -> id.hierarchy() == Tpm2.RH_NULL);
    changed = true;
  }

  /** Milliseconds that it was powered; a machine's clock that runs back stops it. */
  long clock(long now) {
    return clockAtStart + Math.max(0, now - startedAt);
  }

  /** Notes that it must be written. */
  void touch() {
    changed = true;
  }

  boolean isChanged() {
    return changed;
  }
}
