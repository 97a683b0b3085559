package dev.asterism.kubernetes.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.asterism.wire.Json;
import dev.asterism.wire.MalformedException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdmissionJournalTest {
  private static AdmissionJournal read(String sequence) throws MalformedException {
    return AdmissionJournal.fromJson(
        Json.object("journal", "{\"spec\": {\"sequence\": %s}}".formatted(sequence)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "9223372036854775806"})
  void takesEveryNumberThatHasANext(String sequence) throws Exception {
    AdmissionJournal journal = read(sequence);

    assertEquals(Long.parseLong(sequence) + 1, journal.next(List.of(), 0).sequence());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"9223372036854775807", "9223372036854775808", "1e3", "1.0", "\"1\"", "-1", "null"})
  void refusesANumberThatCountsNoChanges(String sequence) {
    var e = assertThrows(MalformedException.class, () -> read(sequence));

    assertEquals("sequence: is not a number of changes", e.getMessage());
  }
}
