package dev.asterism.joinservice;

import dev.asterism.atls.AttestedPeer;
import dev.asterism.attestation.Versioned;
import dev.asterism.config.JoinConfig;
import dev.asterism.rpc.CallException;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Decides whether a connection's proof still counts: it must be this connection's own, fresh,
 * judged by the configuration of now, and not used before.
 */
final class Approvals {
  /** How long a proof counts. A node that proves itself asks at once. */
  static final Duration VALIDITY = Duration.ofSeconds(60);

  private final InstantSource clock;
  private final Supplier<Versioned<JoinConfig>> config;
  private final Supplier<Optional<AttestedPeer>> caller;

  /**
   * @param caller who is calling, asked on the call's thread
   */
  Approvals(
      Supplier<Versioned<JoinConfig>> config,
      Supplier<Optional<AttestedPeer>> caller,
      InstantSource clock) {
    this.clock = clock;
    this.config = config;
    this.caller = caller;
  }

  /**
   * A proof that counts, with the configuration that it was judged by.
   *
   * @param peer whose it is
   */
  record Approval(AttestedPeer peer, JoinConfig config) {
    /** Uses it up; to be called once the request is known to be a good one. */
    void spend() throws CallException {
      if (!peer.spend()) {
        throw new CallException(
            Status.Code.FAILED_PRECONDITION,
            "this connection has had its ticket: connect again for another one");
      }
    }
  }

  /** Whose proof came with the call, whether or not it counts. */
  Optional<AttestedPeer> peer() {
    return caller.get();
  }

  /**
   * The caller's approval.
   *
   * @throws CallException if there is none
   */
  Approval current() throws CallException {
    AttestedPeer peer =
        caller
            .get()
            .orElseThrow(() ->
                new CallException(
                    Status.Code.PERMISSION_DENIED,
                    "this connection carries no evidence: connect with attested TLS"));
    Duration age = Duration.between(peer.since(), clock.instant());
    if (age.isNegative() || age.compareTo(VALIDITY) > 0) {
      throw new CallException(
          Status.Code.FAILED_PRECONDITION,
          "this connection's proof is older than "
              + VALIDITY.toSeconds()
              + " seconds: connect again");
    }
    Versioned<JoinConfig> now = config.get();
    if (peer.generation() != now.generation()) {
      throw new CallException(Status.Code.ABORTED, "configuration changed, connect again");
    }
    return new Approval(peer, now.value());
  }
}
