package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a vendor's service says about a piece of hardware: a certificate, a revocation list, a TCB
 * info.
 *
 * @param body as it was served
 * @param headers those that the request asked for and the answer had, by lower-case name
 */
public record Endorsement(Bytes body, Map<String, String> headers) {
  public Endorsement {
    var lower = new TreeMap<String, String>();
    headers.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    headers = Collections.unmodifiableMap(lower);
  }

  public static Endorsement of(Bytes body) {
    return new Endorsement(body, Map.of());
  }

  /**
   * How long one counts.
   *
   * @param issued when it was signed; of two, the later one is the newer
   * @param usableUntil from then on it does not serve at all
   * @param replaceable whether newer ones of the same thing appear meanwhile, and are worth looking
   *     for
   */
  public record Life(Instant issued, Instant usableUntil, boolean replaceable) {}
}
