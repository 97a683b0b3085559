package dev.asterism.attestation.tpm;

import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;

/** PCR indices for people: {@code PCR 0-7, 9}. */
final class PcrList {
  private PcrList() {}

  static String of(Set<Integer> pcrs) {
    if (pcrs.isEmpty()) {
      return "no PCR";
    }
    StringJoiner text = new StringJoiner(", ", "PCR ", "");
    int from = -1;
    int to = -1;
    for (int pcr : new TreeSet<>(pcrs)) {
      if (from >= 0 && pcr == to + 1) {
        to = pcr;
        continue;
      }
      if (from >= 0) {
        text.add(range(from, to));
      }
      from = pcr;
      to = pcr;
    }
    return text.add(range(from, to)).toString();
  }

  private static String range(int from, int to) {
    return from == to ? Integer.toString(from) : from + (to == from + 1 ? ", " : "-") + to;
  }
}
