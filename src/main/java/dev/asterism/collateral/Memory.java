package dev.asterism.collateral;

import dev.asterism.attestation.Endorsement;
import dev.asterism.attestation.EndorsementRequest;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known, in memory and on disk. Whatever is taken out passes the inspection of the one who
 * asks; whatever goes in is not older than what was there.
 */
final class Memory {
  private static final System.Logger LOG = System.getLogger(Memory.class.getName());

  /** A few kilobytes each. */
  private static final int MOST = 4096;

  private final Map<String, Stored> known = new ConcurrentHashMap<>();
  private final @Nullable CacheFolder folder;

  /** So that of two that come at once the newer one stays, and yet nobody waits for other keys. */
  private final Object[] locks = locks();

  Memory(@Nullable CacheFolder folder) {
    this.folder = folder;
  }

  /** Something known, and what inspection said. */
  record Known(Stored stored, Endorsement.Life life) {}

  /** What is known and passes; whether it still counts is the caller's question. */
  Optional<Known> find(EndorsementRequest request) {
    Stored inMemory = known.get(request.key());
    if (inMemory != null) {
      try {
        return Optional.of(
            new Known(inMemory, request.inspection().inspect(inMemory.endorsement())));
      } catch (MalformedException e) {
        // Good for somebody who trusts other roots.
        return Optional.empty();
      }
    }
    return onDisk(request);
  }

  private Optional<Known> onDisk(EndorsementRequest request) {
    if (folder == null || !request.proven()) {
      return Optional.empty();
    }
    try {
      Optional<Stored> stored = folder.read(request.key());
      if (stored.isEmpty()) {
        return Optional.empty();
      }
      Endorsement.Life life = request.inspection().inspect(stored.get().endorsement());
      keep(stored.get());
      return Optional.of(new Known(stored.get(), life));
    } catch (MalformedException | IOException e) {
      LOG.log(
          Level.WARNING,
          "collateral {0}: what is cached is not used: {1}",
          request.key(),
          e.getMessage());
      return Optional.empty();
    }
  }

  /** What is kept in memory under a request's key, uninspected. */
  Optional<Stored> peek(EndorsementRequest request) {
    return Optional.ofNullable(known.get(request.key()));
  }

  /**
   * Remembers what passed inspection, unless what is known is newer.
   *
   * @return the one of both that counts from now on
   */
  Known add(EndorsementRequest request, Stored stored, Endorsement.Life life) {
    synchronized (locks[Math.floorMod(stored.key().hashCode(), locks.length)]) {
      Optional<Known> before = find(request);
      if (before.isPresent()) {
        Known old = before.get();
        boolean same = old.stored().endorsement().equals(stored.endorsement());
        if (old.life().issued().isAfter(life.issued())
            || (same && stored.fetchedAt().equals(Stored.NEVER))) {
          return old;
        }
      }
      keep(stored);
      if (request.proven()) {
        write(stored);
      }
    }
    return new Known(stored, life);
  }

  private static Object[] locks() {
    Object[] locks = new Object[16];
    for (int i = 0; i < locks.length; i++) {
      locks[i] = new Object();
    }
    return locks;
  }

  private void keep(Stored stored) {
    if (known.size() >= MOST) {
      // Whichever: the disk or the service has it too.
      known.keySet().stream().findAny().ifPresent(known::remove);
    }
    known.put(stored.key(), stored);
  }

  private void write(Stored stored) {
    if (folder == null) {
      return;
    }
    try {
      folder.write(stored);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "collateral {0}: cannot be kept in {1}: {2}",
          stored.key(),
          folder.folder(),
          e.getMessage());
    }
  }
}
