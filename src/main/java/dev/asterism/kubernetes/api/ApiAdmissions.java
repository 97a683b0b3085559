package dev.asterism.kubernetes.api;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Admission records as objects of the API server, by the protocol that {@link AdmissionRecords}
 * describes. The journal's replacement is the one moment at which a change comes to be: whoever
 * dies or is cut off behind it has changed something, before it nothing. Who waits in one process
 * is decided together: many machines that come at once cost few writes of the journal.
 */
public final class ApiAdmissions implements AdmissionRecords {
  private static final Logger LOG = System.getLogger(ApiAdmissions.class.getName());

  /** Below a node's minute, with time for the rest of the ticket. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ApiServer server;

  /** Within one process nobody needs to lose a race. */
  private final Semaphore turn = new Semaphore(1, true);

  /** Those of all who wait; whoever has his turn decides them together. */
  private final ConcurrentLinkedQueue<Wish<?, ?>> wishes = new ConcurrentLinkedQueue<>();

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
    if (journal.isPresent()) {
      for (AdmissionRecord newest : journal.get().newest()) {
        Stored own = stored.get(newest.identity());
        if (own == null || own.sequence() < journal.get().sequence()) {
          records.put(newest.identity(), newest);
        }
      }
    }
    return List.copyOf(records.values());
  }

  @Override
  public <T, E extends Exception> T change(Decision<T, E> decision) throws IOException, E {
    var wish = new Wish<T, E>(decision);
    wishes.add(wish);
    long start = System.nanoTime();
    try {
      while (!wish.decided()) {
        await(start);
        try {
          if (!wish.decided()) {
            changeInTurn(start);
          }
        } finally {
          turn.release();
        }
      }
    } finally {
      wishes.remove(wish);
    }
    return wish.result();
  }

  private void await(long start) throws IOException {
    try {
      long left = PATIENCE.toNanos() - (System.nanoTime() - start);
      if (!turn.tryAcquire(left, TimeUnit.NANOSECONDS)) {
        throw new IOException("too many machines are being put on record");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting to put a machine on record", e);
    }
  }

  /** One change for all who wait, as if they had come one after the other. */
  private void changeInTurn(long start) throws IOException {
    do {
      AdmissionJournal journal = startedJournal();
      // In this order: what is behind the journal is in the objects already.
      Map<String, Stored> stored = stored();
      if (!finish(journal, stored)) {
        continue;
      }
      var records = new LinkedHashMap<String, AdmissionRecord>();
      for (AdmissionRecord record : records(Optional.of(journal), stored)) {
        records.put(record.identity(), record);
      }
      var puts = new LinkedHashMap<String, AdmissionRecord>();
      var asked = new ArrayList<Wish<?, ?>>();
      for (Wish<?, ?> wish : wishes) {
        if (puts.size() == AdmissionJournal.MOST) {
          break;
        }
        asked.add(wish);
        wish.ask(List.copyOf(records.values()))
            .ifPresent(record -> {
              records.put(record.identity(), record);
              puts.put(record.identity(), record);
            });
      }
      if (puts.isEmpty() || put(journal.next(puts.values(), newest(stored)), stored)) {
        for (Wish<?, ?> wish : asked) {
          forget(wish.decide(), stored);
        }
        wishes.removeAll(asked);
        return;
      }
      // Another join-service was faster, or the answer was lost: then the records say so.
    } while (System.nanoTime() - start < PATIENCE.toNanos());
    throw new IOException("other join-services keep changing the admission records");
  }

  private static long newest(Map<String, Stored> stored) {
    return stored.values().stream().mapToLong(Stored::sequence).max().orElse(0);
  }

  /** Whether it is the newest change now. */
  private boolean put(AdmissionJournal next, Map<String, Stored> stored) throws IOException {
    if (!server.replace(Resource.ADMISSION_JOURNALS, AdmissionJournal.NAME, next.toJson())) {
      return false;
    }
    try {
      if (!finish(next, stored)) {
        // Also where one of the same records was left to finish first: it has changed since.
        var _ = finish(next, stored());
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the next change completes this one: {0}", e.getMessage());
    }
    return true;
  }

  /**
   * Writes the newest records to their own objects, unless those are as new; all at once.
   *
   * @param stored the objects as they were lately
   * @return false: somebody else changed one meanwhile, perhaps to this very record
   */
  private boolean finish(AdmissionJournal journal, Map<String, Stored> stored) throws IOException {
    var writes = new ArrayList<Future<Boolean>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (AdmissionRecord record : journal.newest()) {
        Stored own = stored.get(record.identity());
        if (own == null || own.sequence() < journal.sequence()) {
          writes.add(threads.submit(() -> write(journal, record, own)));
        }
      }
    }
    boolean all = true;
    for (Future<Boolean> write : writes) {
      all &=
          switch (write.state()) {
            case SUCCESS -> write.resultNow();
            case FAILED ->
                throw new IOException(
                    String.valueOf(write.exceptionNow().getMessage()), write.exceptionNow());
            case CANCELLED, RUNNING -> throw new IllegalStateException("not written, nor failed");
          };
    }
    return all;
  }

  /**
   * @param own the object that it replaces; null: there is none
   */
  private boolean write(AdmissionJournal journal, AdmissionRecord record, @Nullable Stored own)
      throws IOException {
    ObjectNode object = journal.asObject(record);
    if (own == null) {
      return server.create(Resource.NODE_ADMISSIONS, object);
    }
    ((ObjectNode) object.get("metadata")).put("resourceVersion", own.version());
    return server.replace(Resource.NODE_ADMISSIONS, record.identity(), object);
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
