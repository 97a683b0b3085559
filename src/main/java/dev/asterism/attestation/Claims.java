package dev.asterism.attestation;

import dev.asterism.wire.Bytes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What genuine evidence says. Exists only where every check of genuineness (signature, chain,
 * nonce, binding) passed; whether it is good enough is the verdict's business.
 *
 * @param measurements register values by index, of the variant's measurement hash
 */
public record Claims(
    Variant variant,
    Bytes userData,
    SortedMap<Integer, Bytes> measurements,
    Map<Identifier, String> identity) {

  public Claims {
    measurements = Collections.unmodifiableSortedMap(new TreeMap<>(measurements));
    var copy = new EnumMap<Identifier, String>(Identifier.class);
    copy.putAll(identity);
    identity = Collections.unmodifiableMap(copy);
  }
}
