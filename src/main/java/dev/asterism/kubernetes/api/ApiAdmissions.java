package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/**
 * Admission records as objects of the API server, by the protocol that {@link AdmissionRecords}
 * describes. The journal's replacement is the one moment at which a change comes to be: whoever
 * dies or is cut off behind it has changed something, before it nothing.
 */
public final class ApiAdmissions implements AdmissionRecords {
  private static final Logger LOG = System.getLogger(ApiAdmissions.class.getName());

  /** Below a node's minute, with time for the rest of the ticket. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ApiServer server;

  /** Within one process nobody needs to lose a race. */
  private final Semaphore turn = new Semaphore(1, true);

  public ApiAdmissions(ApiServer server) {
    this.server = server;
  }

  /** A record, and the object that it was read from. */
  private record Stored(AdmissionRecord record, long sequence, String version) {}

  @Override
  public List<AdmissionRecord> all() throws IOException {
    // In this order: what is behind the journal is in the objects already.
    Optional<AdmissionJournal> journal = journal();
    return records(journal, stored());
  }

  private static List<AdmissionRecord> records(
      Optional<AdmissionJournal> journal, Map<String, Stored> stored) {
    var records = new LinkedHashMap<String, AdmissionRecord>();
    stored.forEach((identity, one) -> records.put(identity, one.record()));
    journal
        .flatMap(AdmissionJournal::newest)
        .ifPresent(newest -> {
          Stored own = stored.get(newest.identity());
          if (own == null || own.sequence() < journal.get().sequence()) {
            records.put(newest.identity(), newest);
          }
        });
    return List.copyOf(records.values());
  }

  @Override
  public <T, E extends Exception> T change(Decision<T, E> decision) throws IOException, E {
    // Most nodes that ask are known as what they ask to be: they wait for nobody.
    Change<T> glance = decision.of(all());
    if (glance.changesNothing()) {
      return glance.result();
    }
    await();
    try {
      return changeInTurn(decision);
    } finally {
      turn.release();
    }
  }

  private void await() throws IOException {
    try {
      if (!turn.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new IOException("too many machines are being put on record");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting to put a machine on record", e);
    }
  }

  private <T, E extends Exception> T changeInTurn(Decision<T, E> decision) throws IOException, E {
    long start = System.nanoTime();
    do {
      AdmissionJournal journal = startedJournal();
      finish(journal);
      Map<String, Stored> stored = stored();
      Change<T> change = decision.of(records(Optional.of(journal), stored));
      if (change.put().isEmpty() || put(journal.next(change.put().get()))) {
        forget(change.remove(), stored);
        return change.result();
      }
      // Another join-service was faster, or the answer was lost: its decision may be this one.
    } while (System.nanoTime() - start < PATIENCE.toNanos());
    throw new IOException("other join-services keep changing the admission records");
  }

  /** Whether it is the newest change now. */
  private boolean put(AdmissionJournal next) throws IOException {
    if (!server.replace(Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME, next.toJson())) {
      return false;
    }
    try {
      finish(next);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the next change completes this one: {0}", e.getMessage());
    }
    return true;
  }

  /** Writes the newest record to its own object, unless that is as new. */
  private void finish(AdmissionJournal journal) throws IOException {
    if (journal.newest().isEmpty()) {
      return;
    }
    String identity = journal.newest().get().identity();
    boolean done;
    do {
      Optional<ObjectNode> present = server.get(Resource.NODE_ADMISSIONS, identity);
      ObjectNode object = journal.newestAsObject();
      if (present.isEmpty()) {
        done = server.create(Resource.NODE_ADMISSIONS, object);
      } else if (AdmissionJournal.sequenceOf(present.get()) >= journal.sequence()) {
        done = true;
      } else {
        ((ObjectNode) object.get("metadata"))
            .put("resourceVersion", AdmissionJournal.version(present.get()));
        done = server.replace(Resource.NODE_ADMISSIONS, identity, object);
      }
      // Each time it is not done, another one has done it.
    } while (!done);
  }

  /** Only as they were when it was decided: one that asked again meanwhile stays. */
  private void forget(List<String> identities, Map<String, Stored> stored) {
    for (String identity : identities) {
      Stored one = stored.get(identity);
      try {
        if (one != null) {
          server.delete(Resource.NODE_ADMISSIONS, identity, one.version());
        }
      } catch (IOException e) {
        LOG.log(Level.WARNING, "the admission record of {0} stays: {1}", identity, e.getMessage());
      }
    }
  }

  private Optional<AdmissionJournal> journal() throws IOException {
    Optional<ObjectNode> object = server.get(Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME);
    try {
      return object.isPresent()
          ? Optional.of(AdmissionJournal.fromJson(object.get()))
          : Optional.empty();
    } catch (MalformedException e) {
      throw new IOException("AdmissionJournal " + AdmissionJournal.NAME + ": " + e.getMessage(), e);
    }
  }

  private AdmissionJournal startedJournal() throws IOException {
    Optional<AdmissionJournal> journal = journal();
    while (journal.isEmpty()) {
      var _ = server.create(Resource.ADMISSION_JOURNALS, AdmissionJournal.empty());
      journal = journal();
    }
    return journal.get();
  }

  private Map<String, Stored> stored() throws IOException {
    var stored = new LinkedHashMap<String, Stored>();
    for (ObjectNode object : server.list(Resource.NODE_ADMISSIONS)) {
      try {
        AdmissionRecord record = AdmissionRecord.fromJson(object);
        stored.put(
            record.identity(),
            new Stored(
                record, AdmissionJournal.sequenceOf(object), AdmissionJournal.version(object)));
      } catch (MalformedException e) {
        throw new IOException(
            "NodeAdmission "
                + object.path("metadata").path("name").asString("")
                + ": "
                + e.getMessage(),
            e);
      }
    }
    return stored;
  }
}
