package dev.asterism.disk.luks;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * A disk in memory that loses power: of the write it dies in, some sectors reach the disk and
 * others do not. All that is read and written is whole sectors.
 */
final class DyingDisk implements HeaderDisk {
  private static final int SECTOR = 512;

  private final byte[] base;
  private final Map<Integer, byte[]> changed;
  private final Random random;
  private int writesLeft;

  private DyingDisk(byte[] base, Map<Integer, byte[]> changed, int writes, Random random) {
    this.base = base;
    this.changed = new HashMap<>(changed);
    this.writesLeft = writes;
    this.random = random;
  }

  /**
   * @param writes that get through; the next one dies
   */
  DyingDisk(byte[] content, int writes, Random random) {
    this(content, Map.of(), writes, random);
  }

  /** Power is gone. */
  static final class Dead extends IOException {
    private static final long serialVersionUID = 1L;
  }

  /** What is left, under power again. */
  DyingDisk again(int writes) {
    return new DyingDisk(base, changed, writes, random);
  }

  @Override
  public byte[] read(long offset, int length) throws IOException {
    if (offset + length > base.length) {
      throw new EOFException();
    }
    byte[] bytes = Arrays.copyOfRange(base, (int) offset, (int) offset + length);
    for (int at = 0; at < length; at += SECTOR) {
      byte[] sector = changed.get((int) (offset + at) / SECTOR);
      if (sector != null) {
        System.arraycopy(sector, 0, bytes, at, SECTOR);
      }
    }
    return bytes;
  }

  @Override
  public void write(long offset, byte[] bytes) throws IOException {
    boolean dies = writesLeft-- == 0;
    for (int at = 0; at < bytes.length; at += SECTOR) {
      if (!dies || random.nextBoolean()) {
        changed.put((int) (offset + at) / SECTOR, Arrays.copyOfRange(bytes, at, at + SECTOR));
      }
    }
    if (dies) {
      throw new Dead();
    }
  }

  @Override
  public long length() {
    return base.length;
  }

  @Override
  public void close() {}
}
