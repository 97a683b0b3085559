package dev.asterism.kubernetes.standalone;

import dev.asterism.kubernetes.AdmissionRecord;
import dev.asterism.kubernetes.AdmissionRecords;
import dev.asterism.kubernetes.standalone.ObjectStore.Kind;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Admission records as files, in the folder that the stand-ins of one cluster share. A change holds
 * the folder's lock from the first look to the last write, and a record is one file that is whole
 * or not there.
 */
public final class StandaloneAdmissions implements AdmissionRecords {
  private final ObjectStore store;

  StandaloneAdmissions(ObjectStore store) {
    this.store = store;
  }

  /**
   * The records in a folder that is there already.
   *
   * @param objects see {@link StandaloneCluster}
   * @throws MalformedException if nobody has put anything there: an admin would look at nothing
   */
  public static StandaloneAdmissions in(Path objects) throws MalformedException {
    var store = new ObjectStore(objects);
    if (!store.exists()) {
      throw new MalformedException("--standalone-objects", objects + " is no folder of objects");
    }
    return new StandaloneAdmissions(store);
  }

  /** The records of the cluster that this node is part of, or will be. */
  public static StandaloneAdmissions of(Path nodeRoot, @Nullable Path objects) {
    return new StandaloneAdmissions(
        new ObjectStore(objects == null ? new KubernetesPaths(nodeRoot).objects() : objects));
  }

  @Override
  public List<AdmissionRecord> all() throws IOException {
    var records = new ArrayList<AdmissionRecord>();
    for (String name : store.names(Kind.NODEADMISSIONS)) {
      Optional<ObjectNode> object = store.get(Kind.NODEADMISSIONS, name);
      // Gone since it was listed: somebody gave up waiting.
      if (object.isPresent()) {
        records.add(read(name, object.get()));
      }
    }
    return List.copyOf(records);
  }

  private static AdmissionRecord read(String name, ObjectNode object) throws IOException {
    try {
      AdmissionRecord record = AdmissionRecord.fromJson(object);
      if (record.identity().equals(name)) {
        return record;
      }
    } catch (MalformedException e) {
      throw new IOException("NodeAdmission " + name + ": " + e.getMessage(), e);
    }
    throw new IOException("NodeAdmission " + name + " is about another machine");
  }

  @Override
  public <T, E extends Exception> T change(Decision<T, E> decision) throws IOException, E {
    // Most nodes that ask are known as what they ask to be: they wait for nobody.
    Change<T> glance = decision.of(all());
    if (glance.changesNothing()) {
      return glance.result();
    }
    var result = new AtomicReference<Change<T>>();
    store.<E>exclusively(() -> {
      Change<T> change = decision.of(all());
      if (change.put().isPresent()) {
        AdmissionRecord record = change.put().get();
        store.apply(Kind.NODEADMISSIONS, record.identity(), record.toJson());
      }
      for (String identity : change.remove()) {
        store.delete(Kind.NODEADMISSIONS, identity);
      }
      result.set(change);
    });
    return result.get().result();
  }
}
