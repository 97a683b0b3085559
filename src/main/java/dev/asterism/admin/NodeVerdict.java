package dev.asterism.admin;

import dev.asterism.atls.PeerVerification;
import dev.asterism.attestation.Appraisal;
import dev.asterism.attestation.Check;
import dev.asterism.attestation.Outcome;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Remembers, and says, what came out when a node presented itself on a connection. */
final class NodeVerdict implements PeerVerification.Listener {
  private final Endpoint endpoint;
  private final Consumer<String> progress;
  private volatile @Nullable Appraisal appraisal;
  private volatile @Nullable String rejection;

  NodeVerdict(Endpoint endpoint, Consumer<String> progress) {
    this.endpoint = endpoint;
    this.progress = progress;
  }

  @Override
  public void appraised(String peerAddress, Appraisal made, long generation) {
    appraisal = made;
    if (made.accepted()) {
      progress.accept("the node at " + endpoint + " has proven itself");
      for (Check warning : made.with(Outcome.WARNING)) {
        progress.accept("warning: " + AlignedText.plain(warning.describe()));
      }
    }
  }

  @Override
  public void rejected(String peerAddress, String reason) {
    rejection = AlignedText.plain(reason);
  }

  /** The node has proven itself: from here on, it may have begun to act. */
  boolean connected() {
    Appraisal made = appraisal;
    return made != null && made.accepted();
  }

  /** Throws if the node itself is what is wrong. */
  void throwIfNotTrusted() throws NodeException, NodeRefusedException {
    Appraisal made = appraisal;
    if (made != null && !made.accepted()) {
      throw new NodeRefusedException(endpoint, made);
    }
    if (rejection != null) {
      throw new NodeException("the node at " + endpoint + " is not trusted: " + rejection);
    }
  }
}
