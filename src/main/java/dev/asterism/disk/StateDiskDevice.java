package dev.asterism.disk;

import dev.asterism.crypto.Secret;
import java.io.IOException;
import java.util.function.DoubleConsumer;

/** The device that holds the state disk, or will. */
public interface StateDiskDevice extends AutoCloseable {
  /** What lies on it. */
  enum State {
    /** Nothing worth keeping: it is to be formatted. */
    NEW,
    /** A member's data, whose key somebody must bring. */
    LOCKED
  }

  State state() throws IOException;

  /**
   * Formats it and opens it with a random passphrase, which init or join will replace.
   *
   * @param progress hears how much of the disk is wiped, 0 to 1, where it must be
   */
  void format(DoubleConsumer progress) throws IOException;

  /**
   * The disk that waits for its key.
   *
   * @throws IllegalStateException if it is {@link State#NEW}
   */
  LockedDisk locked();

  /** Opens it; the data can be read from then on. */
  void unlock(Secret key) throws IOException;

  /** Takes {@link #unlock} back. */
  void lock() throws IOException;

  /** Whether somebody opened it since the machine was switched on. */
  boolean open();

  @Override
  void close() throws IOException;
}
