package dev.asterism.attestation.tdx;

import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Chains that were followed to a root, known by their bytes and not followed again. Only those of
 * genuine quotes are remembered, and only in the one spelling that Intel has, so that nobody can
 * fill this with what he makes up around them. Whether the root is trusted, and whether all of it
 * is valid now and not revoked, is asked each time.
 */
final class PckChains {
  /** A thousand platforms; each takes some 15 KiB of a role's heap. */
  private static final int MOST_REMEMBERED = 1024;

  private final Map<String, PckChain> known = new ConcurrentHashMap<>();

  private final int most;

  PckChains() {
    this(MOST_REMEMBERED);
  }

  /**
   * @param most how many are remembered
   */
  PckChains(int most) {
    this.most = most;
  }

  /** Reads the chain of a quote. */
  PckChain parse(Bytes pem) throws MalformedException {
    String text = PckChain.text(pem);
    PckChain before = known.get(text);
    return before == null ? PckChain.parse(text) : before;
  }

  /** Whether each of these certificates is known to have signed the one before, and is valid. */
  boolean isKnown(PckChain chain, Instant at) {
    return isKnown(chain) && chain.isValidAt(at);
  }

  /** Remembers a chain that led to its own root, and whose key vouched for a genuine quote. */
  void remember(PckChain chain) {
    if (isKnown(chain) || !chain.isPlain()) {
      return;
    }
    if (known.size() >= most) {
      // Whichever: it will be followed again when it comes again.
      known.keySet().stream().findAny().ifPresent(known::remove);
    }
    known.put(chain.pem(), chain);
  }

  private boolean isKnown(PckChain chain) {
    return chain.equals(known.get(chain.pem()));
  }

  int size() {
    return known.size();
  }
}
