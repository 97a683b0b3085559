package dev.asterism.joinservice;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Connections whose verdict is on record by itself, with all its checks. A ticket over another
 * connection carries its verdict; so it is better to forget one than to keep one too many.
 */
final class RecordedVerdicts {
  private final Map<String, Boolean> connections;

  /**
   * @param capacity how many are kept; the oldest goes first
   */
  RecordedVerdicts(int capacity) {
    this.connections =
        new LinkedHashMap<>() {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > capacity;
          }
        };
  }

  /**
   * A verdict was made.
   *
   * @param address the connection's other end; the same one may come again
   * @param byItself whether it is on record, and not only counted
   */
  synchronized void made(String address, boolean byItself) {
    connections.remove(address);
    if (byItself) {
      connections.put(address, true);
    }
  }

  synchronized boolean has(String address) {
    return connections.containsKey(address);
  }
}
