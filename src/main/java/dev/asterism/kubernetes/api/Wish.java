package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords.Change;
import dev.asterism.kubernetes.AdmissionRecords.Decision;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A change that somebody waits for; asked and decided by whoever has his turn. */
final class Wish<T, E extends Exception> {
  private final Decision<T, E> decision;
  private @Nullable Change<T> answer;
  private @Nullable Exception failure;
  private boolean decided;

  Wish(Decision<T, E> decision) {
    this.decision = decision;
  }

  /** What it wants stored, given these records; its last answer counts, or its last failure. */
  synchronized Optional<AdmissionRecord> ask(List<AdmissionRecord> records) {
    answer = null;
    failure = null;
    try {
      Change<T> change = decision.of(records);
      answer = change;
      return change.put();
    } catch (Exception e) {
      failure = e;
      return Optional.empty();
    }
  }

  /** What it wanted is stored; returns whom it wants forgotten. */
  synchronized List<String> decide() {
    decided = true;
    return answer == null ? List.of() : answer.remove();
  }

  synchronized boolean decided() {
    return decided;
  }

  @SuppressWarnings("unchecked") // A decision throws its E, an IOException, or unchecked ones.
  synchronized T result() throws IOException, E {
    Exception thrown = failure;
    if (thrown instanceof IOException e) {
      throw e;
    }
    if (thrown instanceof RuntimeException e) {
      throw e;
    }
    if (thrown != null) {
      throw (E) thrown;
    }
    Change<T> change = answer;
    if (change == null) {
      throw new IllegalStateException("not decided yet");
    }
    return change.result();
  }
}
