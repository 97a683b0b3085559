package dev.asterism.attestation.tpm;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Measurements;
import dev.asterism.attestation.Measurements.Measurement;
import dev.asterism.attestation.Variant;
import dev.asterism.device.Tpm;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What this machine booted, as reference values for others of the same image. All registers are
 * listed; those that differ between honest machines of one image only warn.
 */
public final class OwnPcrs {
  /**
   * By the TCG's PC Client profile: 1 and 6 the host's configuration (processors, memory, boot
   * order), 5 the partition table, whose size is the disk's, 10 the files read since boot (IMA).
   * What runs is measured into the others.
   */
  private static final Set<Integer> MACHINE_SPECIFIC = Set.of(1, 5, 6, 10);

  /** From here on: late launch, debugging and applications, which software may reset. */
  private static final int RESETTABLE = 16;

  private OwnPcrs() {}

  /**
   * @return of the SHA-256 bank, as they are now
   */
  public static Measurements read(Tpm tpm) throws IssueException {
    Set<Integer> all =
        IntStream.range(0, PcrSelection.COUNT).boxed().collect(Collectors.toUnmodifiableSet());
    try (TpmClient client = TpmClient.open(tpm)) {
      var values = new TreeMap<Integer, Measurement>();
      for (Map.Entry<Integer, Bytes> pcr :
          client.pcrRead(Variant.QEMU_VTPM.measurementHash(), all).entrySet()) {
        boolean warnOnly = MACHINE_SPECIFIC.contains(pcr.getKey()) || pcr.getKey() >= RESETTABLE;
        values.put(pcr.getKey(), new Measurement(pcr.getValue(), warnOnly));
      }
      return new Measurements(values);
    } catch (IOException e) {
      throw new IssueException(
          "the PCRs of the TPM at " + tpm.description() + " cannot be read", e);
    }
  }
}
