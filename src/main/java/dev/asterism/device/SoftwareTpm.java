package dev.asterism.device;

import dev.asterism.crypto.Digests;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A TPM 2.0 in this JVM, at the level of commands: for machines without one, tests and benchmarks.
 * Its state is in a file that several processes may share, or in memory. It proves nothing about
 * the machine: whoever can read the file has its keys. It has a SHA-256 bank (others where asked
 * for), signing primary keys, and ordinary NV indices; sessions are passwords; the locality is 0.
 */
public final class SoftwareTpm implements Tpm {
  private final SoftwareStore store;
  private final SecureRandom random;
  private final InstantSource clock;

  /** The TPM whose state {@link #create} wrote to {@code state}; looked for when it is used. */
  public SoftwareTpm(Path state) {
    this(new FileStore(state), new SecureRandom(), Clock.systemUTC());
  }

  SoftwareTpm(SoftwareStore store, SecureRandom random, InstantSource clock) {
    this.store = store;
    this.random = random;
    this.clock = clock;
  }

  /**
   * Makes a TPM without keys, started up as firmware leaves it.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is a file at {@code state}
   */
  public static SoftwareTpm create(Path state, SecureRandom random) throws IOException {
    return create(state, random, Set.of(Digests.SHA256));
  }

  /** The same with other PCR banks. */
  public static SoftwareTpm create(Path state, SecureRandom random, Set<Digests> banks)
      throws IOException {
    Clock clock = Clock.systemUTC();
    FileStore store = new FileStore(state);
    store.create(fresh(banks, clock));
    return new SoftwareTpm(store, random, clock);
  }

  /**
   * A TPM of a machine on a Nitro hypervisor, which signs documents about it. It has a SHA-384 bank
   * beside that of SHA-256, as the hypervisor knows no other.
   */
  public static SoftwareTpm create(Path state, SecureRandom random, SoftwareNitro hypervisor)
      throws IOException {
    Clock clock = Clock.systemUTC();
    FileStore store = new FileStore(state);
    SoftwareState made = fresh(SoftwareNitro.BANKS, clock);
    made.nitro = hypervisor;
    store.create(made);
    return new SoftwareTpm(store, random, clock);
  }

  /** A TPM without a file, for one process. */
  public static SoftwareTpm inMemory(SecureRandom random) {
    return inMemory(random, Set.of(Digests.SHA256));
  }

  /** The same with other PCR banks. */
  public static SoftwareTpm inMemory(SecureRandom random, Set<Digests> banks) {
    Clock clock = Clock.systemUTC();
    return new SoftwareTpm(new MemoryStore(fresh(banks, clock)), random, clock);
  }

  /**
   * Switches the machine off and on: PCRs as after a reset, reset count + 1, transient objects
   * gone; started up again.
   */
  public void powerCycle() throws IOException {
    long now = clock.millis();
    store.use(state -> {
      state.powerCycle(now);
      return state.resetCount;
    });
  }

  @Override
  public Conversation open() throws IOException {
    return new Session(store.use(state -> state.resetCount));
  }

  @Override
  public String description() {
    return store.description();
  }

  /** The same of a machine on a Nitro hypervisor. */
  public static SoftwareTpm inMemory(SecureRandom random, SoftwareNitro hypervisor) {
    Clock clock = Clock.systemUTC();
    SoftwareState made = fresh(SoftwareNitro.BANKS, clock);
    made.nitro = hypervisor;
    return new SoftwareTpm(new MemoryStore(made), random, clock);
  }

  private static SoftwareState fresh(Set<Digests> banks, InstantSource clock) {
    SoftwareState state = new SoftwareState(banks);
    state.startedAt = clock.millis();
    return state;
  }

  /** Waits for the state at each command, not for a whole conversation, like the kernel. */
  private final class Session implements Conversation {
    private final SortedMap<Long, SoftwareKey> loaded = new TreeMap<>();
    private long resetCount;

    Session(long resetCount) {
      this.resetCount = resetCount;
    }

    @Override
    public byte[] transmit(byte[] command) throws IOException {
      return store.use(state -> {
        if (state.resetCount != resetCount) {
          loaded.clear();
          resetCount = state.resetCount;
        }
        return SoftwareCommands.execute(
            new CommandContext(state, loaded, random, clock.millis()), command);
      });
    }

    @Override
    public void close() {
      loaded.clear();
    }
  }
}
