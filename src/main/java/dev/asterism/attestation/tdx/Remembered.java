package dev.asterism.attestation.tdx;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What was found out before, so that it need not be found out again; forgotten, all of it, where
 * there would be too much.
 */
final class Remembered<K, V> {
  private final Map<K, V> known = new ConcurrentHashMap<>();
  private final int most;

  /**
   * @param most how many are remembered
   */
  Remembered(int most) {
    this.most = most;
  }

  @Nullable V get(K key) {
    return known.get(key);
  }

  void put(K key, V value) {
    if (known.size() >= most && !known.containsKey(key)) {
      known.clear();
    }
    known.put(key, value);
  }
}
