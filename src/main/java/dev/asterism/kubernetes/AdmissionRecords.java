package dev.asterism.kubernetes;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Where a cluster keeps its {@link AdmissionRecord}s: one object each, named after the machine.
 *
 * <p>All join-services of a cluster and its admins change the same records. What holds them
 * together is {@link #change}: nothing that another one stores comes between what a decision sees
 * and what it stores. Where there is no lock over all of them, optimistic concurrency does it: one
 * small object counts the changes and holds the newest, written by compare-and-set on its resource
 * version; whoever finds one there first writes it to its own object, then reads all records,
 * decides, and tries the compare-and-set again if it lost. That write is the one moment at which a
 * record comes to be, and a writer that dies behind it is finished by the next one.
 */
public interface AdmissionRecords {
  /** All records, in no order. Each is whole; they may be of different moments. */
  List<AdmissionRecord> all() throws IOException;

  /**
   * Decides and stores, as one step.
   *
   * @param decision may be asked more than once; the last answer counts
   * @throws IOException if the records cannot be read or changed; then nothing has changed, or all
   *     of it has
   */
  <T, E extends Exception> T change(Decision<T, E> decision) throws IOException, E;

  /** Looks at the records and says what is to become of them. */
  @FunctionalInterface
  interface Decision<T, E extends Exception> {
    Change<T> of(List<AdmissionRecord> records) throws IOException, E;
  }

  /**
   * What a decision wants stored.
   *
   * @param result for whoever asked
   * @param put created, or in place of the record of the same machine; one at most, so that it is
   *     stored wholly or not at all
   * @param remove machines to forget; nothing depends on when that happens
   */
  record Change<T>(T result, Optional<AdmissionRecord> put, List<String> remove) {
    public Change {
      remove = List.copyOf(remove);
    }

    public static <T> Change<T> nothing(T result) {
      return new Change<>(result, Optional.empty(), List.of());
    }

    static Change<AdmissionRecord> put(AdmissionRecord record) {
      return new Change<>(record, Optional.of(record), List.of());
    }

    public boolean changesNothing() {
      return put.isEmpty() && remove.isEmpty();
    }
  }
}
