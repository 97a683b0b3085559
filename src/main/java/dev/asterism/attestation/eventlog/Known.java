package dev.asterism.attestation.eventlog;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Something that every firmware measures, with its digests, which every event is compared with. */
record Known(Map<Digests, Bytes> digests) {
  static Known of(Bytes content) {
    return of(content, EnumSet.allOf(Digests.class));
  }

  static Known of(Bytes content, Set<Digests> hashes) {
    Map<Digests, Bytes> digests = new EnumMap<>(Digests.class);
    for (Digests hash : hashes) {
      digests.put(hash, hash.of(content));
    }
    return new Known(Collections.unmodifiableMap(digests));
  }
}
