package dev.asterism.device;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/**
 * The PCRs of a PC's TPM (TCG PC Client Platform TPM Profile, section 4.6), as locality 0 may use
 * them.
 */
final class SoftwarePcrs {
  static final int COUNT = 24;

  /** D-RTM PCRs: all ones until a dynamic launch, out of reach of locality 0. */
  private static final Set<Integer> DYNAMIC = Set.of(17, 18, 19, 20, 21, 22);

  /** Debug and application. */
  private static final Set<Integer> RESETTABLE = Set.of(16, 23);

  /** TPM_PT_PCR_NO_INCREMENT. */
  private static final Set<Integer> UNCOUNTED = Set.of(16, 21, 22, 23);

  private final Map<Digests, Bytes[]> banks = new EnumMap<>(Digests.class);
  private long updateCounter;

  SoftwarePcrs(Set<Digests> allocated) {
    allocated.forEach(bank -> banks.put(bank, new Bytes[COUNT]));
    reset();
  }

  void reset() {
    updateCounter = 0;
    banks.forEach((bank, values) -> {
      for (int pcr = 0; pcr < COUNT; pcr++) {
        values[pcr] = initial(bank, pcr);
      }
    });
  }

  Set<Digests> banks() {
    return Collections.unmodifiableSet(banks.keySet());
  }

  /** pcrUpdateCounter. */
  long updateCounter() {
    return updateCounter;
  }

  Bytes value(Digests bank, int pcr) {
    return values(bank)[pcr];
  }

  static boolean mayExtend(int pcr) {
    return !DYNAMIC.contains(pcr);
  }

  static boolean mayReset(int pcr) {
    return RESETTABLE.contains(pcr);
  }

  /** Extends the banks that are allocated; digests of others are ignored. */
  void extend(int pcr, Map<Digests, Bytes> digests) {
    digests.forEach((bank, digest) -> {
      if (banks.containsKey(bank)) {
        Bytes[] values = values(bank);
        values[pcr] = bank.of(values[pcr], digest);
      }
    });
    count(pcr);
  }

  void reset(int pcr) {
    banks.forEach((bank, values) -> values[pcr] = initial(bank, pcr));
    count(pcr);
  }

  /** Puts back what was saved. */
  void restore(Digests bank, int pcr, Bytes value) {
    values(bank)[pcr] = value;
  }

  void restoreUpdateCounter(long value) {
    updateCounter = value;
  }

  private void count(int pcr) {
    if (!UNCOUNTED.contains(pcr)) {
      updateCounter++;
    }
  }

  private Bytes[] values(Digests bank) {
    Bytes[] values = banks.get(bank);
    if (values == null) {
      throw new IllegalArgumentException(bank + " is not allocated");
    }
    return values;
  }

  private static Bytes initial(Digests bank, int pcr) {
    byte[] value = new byte[bank.length()];
    if (DYNAMIC.contains(pcr)) {
      Arrays.fill(value, (byte) 0xff);
    }
    return Bytes.of(value);
  }
}
