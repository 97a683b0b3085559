package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementCatalog;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A cache folder as its admin sees it: what is in it, and what of it is carried elsewhere. */
public final class CollateralStore {
  private final CacheFolder folder;
  private final List<EndorsementCatalog> catalogs;

  public CollateralStore(CacheFolder folder, List<EndorsementCatalog> catalogs) {
    this.folder = folder;
    this.catalogs = List.copyOf(catalogs);
  }

  /**
   * One file.
   *
   * @param key of what is in it, or the file's name where that cannot be read
   * @param life what inspection found; null where it did not pass
   * @param problem why it did not; empty where it did
   */
  public record Entry(
      String key, @Nullable Instant fetchedAt, Endorsement.@Nullable Life life, String problem) {
    /** Whether it serves at that time. */
    public boolean usable(Instant at) {
      return life != null && !at.isAfter(life.usableUntil());
    }
  }

  /** All of them, inspected. */
  public List<Entry> entries() throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<Stored> all =
        folder.all((file, reason) ->
            entries.add(new Entry(String.valueOf(file.getFileName()), null, null, reason)));
    Map<String, Stored> byKey = byKey(all);
    for (Stored stored : all) {
      entries.add(entry(stored, byKey));
    }
    return entries;
  }

  /**
   * Takes what another folder has: what passes inspection, is not expired, and not older than what
   * is here.
   *
   * @return all of the other folder; those that were not taken with the reason
   */
  public List<Entry> take(CacheFolder other, Instant at) throws IOException {
    List<Entry> result = new ArrayList<>();
    List<Stored> theirs =
        other.all((file, reason) ->
            result.add(new Entry(String.valueOf(file.getFileName()), null, null, reason)));
    Map<String, Stored> byKey = byKey(theirs);
    Map<String, Stored> own = byKey(folder.all((file, reason) -> {}));
    for (Stored stored : theirs) {
      Entry entry = entry(stored, byKey);
      String problem = entry.problem();
      Endorsement.Life life = entry.life();
      if (life != null && !entry.usable(at)) {
        problem = "expired at " + life.usableUntil();
      } else if (life != null && isOlder(life, own.get(stored.key()), own)) {
        problem = "older than the one here";
      }
      if (problem.isEmpty()) {
        folder.write(stored);
      }
      result.add(new Entry(entry.key(), entry.fetchedAt(), life, problem));
    }
    return result;
  }

  private boolean isOlder(Endorsement.Life life, @Nullable Stored here, Map<String, Stored> own) {
    if (here == null) {
      return false;
    }
    Endorsement.Life known = entry(here, own).life();
    return known != null && known.issued().isAfter(life.issued());
  }

  private Entry entry(Stored stored, Map<String, Stored> all) {
    Optional<EndorsementRequest> request =
        catalogs.stream()
            .flatMap(c ->
                c
                    .find(
                        stored.key(),
                        key -> Optional.ofNullable(all.get(key)).map(Stored::endorsement))
                    .stream())
            .findFirst();
    if (request.isEmpty()) {
      return new Entry(
          stored.key(),
          stored.fetchedAt(),
          null,
          "unknown, or what it takes to check it is missing");
    }
    try {
      return new Entry(
          stored.key(),
          stored.fetchedAt(),
          request.get().inspection().inspect(stored.endorsement()),
          "");
    } catch (MalformedException e) {
      return new Entry(stored.key(), stored.fetchedAt(), null, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Stored> byKey(List<Stored> all) {
    return all.stream().collect(Collectors.toMap(Stored::key, Function.identity()));
  }
}
