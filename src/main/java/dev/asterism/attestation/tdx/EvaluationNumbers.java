package dev.asterism.attestation.tdx;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The highest {@code tcbEvaluationDataNumber} that genuine collateral had so far. A host that
 * serves old collateral hides what Intel has learnt since; within its period nothing else tells.
 */
public final class EvaluationNumbers {
  private final Map<String, Integer> highest = new ConcurrentHashMap<>();

  public EvaluationNumbers() {}

  /**
   * The highest so far, 0 where there was none.
   *
   * @param what of which series: {@code tcbInfo 90c06f000000}
   */
  int floor(String what) {
    return highest.getOrDefault(what, 0);
  }

  /** To be called only with a number that Intel signed. */
  void raise(String what, int number) {
    highest.merge(what, number, Math::max);
  }
}
