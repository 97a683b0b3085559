package dev.asterism.testing;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import java.io.IOException;
import java.util.List;

/**
 * Admission records whose user may die.
 *
 * @param point called before a change begins and after it is stored; throws an {@link Error}
 */
public record DyingRecords(AdmissionRecords records, Runnable point) implements AdmissionRecords {
  @Override
  public List<AdmissionRecord> all() throws IOException {
    return records.all();
  }

  @Override
  public <T, E extends Exception> T change(Decision<T, E> decision) throws IOException, E {
    point.run();
    T result = records.change(decision);
    point.run();
    return result;
  }
}
