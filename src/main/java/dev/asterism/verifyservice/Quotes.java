package dev.asterism.verifyservice;

import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Issuer;
import dev.asterism.metrics.Counter;
import dev.asterism.metrics.Histogram;
import dev.asterism.metrics.Metrics;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.PeerGate;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fresh evidence for whoever asks, by whichever door. */
final class Quotes {
  static final int MIN_NONCE = 16;
  static final int MAX_NONCE = 64;

  /** What the evidence carries, so that it is of no use in a TLS handshake. */
  static final Bytes USER_DATA = Bytes.ofUtf8("VerifyService");

  private static final System.Logger LOG = System.getLogger(Quotes.class.getName());

  private final Issuer issuer;
  private final PeerGate gate;
  private final Duration limit;
  private final Counter results;
  private final Histogram duration;

  /**
   * @param limit how long a caller waits for the hardware
   */
  Quotes(Issuer issuer, PeerGate gate, Duration limit, Metrics metrics) {
    this.issuer = issuer;
    this.gate = gate;
    this.limit = limit;
    this.results =
        metrics.counter("asterism_quotes_total", "Requests for evidence.", "door", "result");
    this.duration =
        metrics.histogram("asterism_quote_seconds", "Time the hardware took for evidence.");
  }

  /**
   * The attestation document over this nonce.
   *
   * @param door how the request came in, {@code grpc} or {@code http}
   * @throws CallException INVALID_ARGUMENT for a bad nonce, RESOURCE_EXHAUSTED for too many
   *     requests, UNAVAILABLE if the hardware does not answer in time, INTERNAL if it fails; the
   *     message is for the peer
   */
  Bytes quote(String door, InetAddress peer, Bytes nonce) throws CallException {
    if (nonce.length() < MIN_NONCE || nonce.length() > MAX_NONCE) {
      throw badNonce(
          door,
          new MalformedException(
              "nonce",
              "has %d bytes, needs %d to %d".formatted(nonce.length(), MIN_NONCE, MAX_NONCE)));
    }
    var pass = gate.enter(peer);
    if (pass.isEmpty()) {
      results.increment(door, "too-many");
      throw new CallException(
          Status.Code.RESOURCE_EXHAUSTED, "too many requests for evidence, try again later");
    }
    Bytes document = issue(door, pass.get(), nonce);
    results.increment(door, "issued");
    return document;
  }

  /** Counts a nonce that could not even be read. */
  CallException badNonce(String door, MalformedException why) {
    results.increment(door, "bad-nonce");
    return new CallException(Status.Code.INVALID_ARGUMENT, String.valueOf(why.getMessage()));
  }

  /**
   * The pass goes back when the hardware is done, not when the caller gives up: so hardware that
   * hangs has only so many waiting for it, and everybody else hears at once that it does.
   */
  private Bytes issue(String door, PeerGate.Pass pass, Bytes nonce) throws CallException {
    var attempt = new FutureTask<>(() -> timed(nonce));
    Thread.ofVirtual()
        .name("verify-service quote")
        .start(() -> {
          try (pass) {
            attempt.run();
          }
        });
    try {
      return attempt.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      results.increment(door, "late");
      LOG.log(Level.ERROR, "no evidence within {0} s", limit.toSeconds());
      throw new CallException(
          Status.Code.UNAVAILABLE, "the hardware gives no evidence in time, try again later");
    } catch (ExecutionException e) {
      results.increment(door, "failed");
      LOG.log(Level.ERROR, "no evidence could be made", e.getCause());
      throw new CallException(Status.Code.INTERNAL, "no evidence could be made");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      results.increment(door, "failed");
      throw new CallException(Status.Code.CANCELLED, "the call was cancelled");
    } finally {
      attempt.cancel(true);
    }
  }

  private Bytes timed(Bytes nonce) throws IssueException {
    long start = System.nanoTime();
    try {
      return issuer.issue(USER_DATA, nonce);
    } finally {
      duration.observe(Duration.ofNanos(System.nanoTime() - start));
    }
  }
}
