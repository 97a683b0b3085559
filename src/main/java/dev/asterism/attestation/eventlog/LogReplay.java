package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a log against the values of a TPM's PCRs. A PCR with events must come out exactly, except
 * for two things that are measured behind the log's back; a PCR without events is not explained by
 * the log and left to whoever appraises it by value.
 */
public final class LogReplay {
  /** IMA's, and the cluster ID's: extended in userland, which no firmware's log can know. */
  private static final Set<Integer> FREE = Set.of(10, 15);

  private static final int PARTITIONS = 5;
  private static final int IMAGE = 11;

  /** systemd-pcrphase's words, in the order of a boot. */
  private static final List<String> PHASES =
      List.of("enter-initrd", "leave-initrd", "sysinit", "ready");

  private static final String INVOCATION = "Exit Boot Services Invocation";
  private static final String SUCCESS = "Exit Boot Services Returned with Success";
  private static final String FAILURE = "Exit Boot Services Returned with Failure";

  /**
   * What firmware measures after the last moment at which the kernel can read the log. An attempt
   * may fail before it is announced, or after.
   */
  private static final List<List<String>> EXITS =
      List.of(
          List.of(INVOCATION, SUCCESS),
          List.of(INVOCATION, FAILURE),
          List.of(INVOCATION, FAILURE, SUCCESS),
          List.of(FAILURE, INVOCATION, SUCCESS));

  private LogReplay() {}

  /**
   * One PCR that has events.
   *
   * @param replayed what the log alone gives
   * @param note what was measured beyond the log, or what is wrong; may be empty
   */
  public record Finding(int pcr, boolean holds, Bytes replayed, Bytes actual, String note) {}

  /**
   * Compares every PCR that has events in {@code bank}.
   *
   * @param pcrs the values to explain; one that is missing does not hold
   * @throws IllegalArgumentException if the log has no such bank
   */
  public static List<Finding> compare(EventLog log, Digests bank, Map<Integer, Bytes> pcrs) {
    SortedMap<Integer, Bytes> replayed = log.replay(bank);
    List<Integer> wrong =
        replayed.entrySet().stream()
            .filter(entry -> !Objects.equals(entry.getValue(), pcrs.get(entry.getKey())))
            .map(Map.Entry::getKey)
            .filter(pcrs::containsKey) // nobody said what it should be
            .filter(pcr -> pcr != IMAGE && !FREE.contains(pcr)) // judged apart
            .toList();
    boolean onlyPartitions = wrong.equals(List.of(PARTITIONS));
    var findings = new ArrayList<Finding>();
    replayed.forEach(
        (pcr, value) -> findings.add(find(bank, pcr, value, pcrs.get(pcr), onlyPartitions)));
    return findings;
  }

  private static Finding find(
      Digests bank, int pcr, Bytes replayed, @Nullable Bytes actual, boolean onlyPartitions) {
    if (actual == null) {
      return new Finding(
          pcr, false, replayed, Bytes.EMPTY, "the log has events, there is no value");
    }
    if (FREE.contains(pcr)) {
      return new Finding(pcr, true, replayed, actual, "not compared");
    }
    if (replayed.equals(actual)) {
      return new Finding(pcr, true, replayed, actual, "");
    }
    if (pcr == IMAGE) {
      return beyond(bank, pcr, replayed, actual, phases());
    }
    if (onlyPartitions) { // then it is this one
      return beyond(bank, pcr, replayed, actual, EXITS);
    }
    return new Finding(pcr, false, replayed, actual, "");
  }

  private static Finding beyond(
      Digests bank, int pcr, Bytes replayed, Bytes actual, List<List<String>> suffixes) {
    for (List<String> words : suffixes) {
      Bytes value = replayed;
      for (String word : words) {
        value = bank.of(value, bank.of(Bytes.ofUtf8(word)));
      }
      if (value.equals(actual)) {
        String note = "measured beyond the log: " + String.join(", ", words);
        return new Finding(pcr, true, replayed, actual, note);
      }
    }
    return new Finding(pcr, false, replayed, actual, "");
  }

  /** Every choice of phases in their order: an image may leave some out. */
  private static List<List<String>> phases() {
    return IntStream.range(1, 1 << PHASES.size())
        .mapToObj(chosen ->
            IntStream.range(0, PHASES.size())
                .filter(i -> (chosen >> i & 1) == 1)
                .mapToObj(PHASES::get)
                .toList())
        .toList();
  }
}
