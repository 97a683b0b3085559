package dev.asterism.rpc;

import dev.asterism.metrics.Refusals;
import dev.asterism.sharing.Connection;
import dev.asterism.sharing.PeerKey;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Turns calls away while too many are being answered, of this peer or of all, instead of queueing
 * them. A connection with a call that was let in does not rest.
 */
final class InFlight implements ServerInterceptor {
  private static final String LIMIT = "calls";

  private final int limit;
  private final int perPeer;
  private final Refusals refusals;
  private final Map<String, Integer> byPeer = new HashMap<>();
  private int all;

  InFlight(Limits.Places places, Refusals refusals) {
    this.limit = places.calls();
    this.perPeer = places.callsPerPeer();
    this.refusals = refusals;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String peer = peer(call);
    String refusal = enter(peer);
    if (refusal != null) {
      call.close(Status.RESOURCE_EXHAUSTED.withDescription(refusal), new Metadata());
      return new ServerCall.Listener<>() {};
    }
    Connection place = call.getAttributes().get(Admission.PLACE);
    if (place != null) {
      place.beginWork();
    }
    var released = new AtomicBoolean();
    Runnable release =
        () -> {
          if (released.compareAndSet(false, true)) {
            if (place != null) {
              place.endWork();
            }
            leave(peer);
          }
        };
    try {
      return new Ending<>(next.startCall(call, headers), release);
    } catch (RuntimeException e) {
      release.run();
      throw e;
    }
  }

  private static String peer(ServerCall<?, ?> call) {
    return call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR) instanceof InetSocketAddress a
            && a.getAddress() != null
        ? PeerKey.of(a.getAddress())
        : "";
  }

  /**
   * @return why not; null: it is in
   */
  private synchronized @Nullable String enter(String peer) {
    // The peer's own share first, so that a greedy one shows as what it is.
    if (byPeer.getOrDefault(peer, 0) >= perPeer) {
      refusals.peer(LIMIT);
      return "too many calls from your address, try again";
    }
    if (all >= limit) {
      refusals.any(LIMIT);
      return "too many calls, try again";
    }
    all++;
    byPeer.merge(peer, 1, Integer::sum);
    return null;
  }

  private synchronized void leave(String peer) {
    all--;
    byPeer.computeIfPresent(peer, (_, calls) -> calls == 1 ? null : calls - 1);
  }

  /** gRPC ends every call with exactly one of these two. */
  private static final class Ending<Q> extends SimpleForwardingServerCallListener<Q> {
    private final Runnable then;

    Ending(ServerCall.Listener<Q> listener, Runnable then) {
      super(listener);
      this.then = then;
    }

    @Override
    public void onComplete() {
      try {
        super.onComplete();
      } finally {
        then.run();
      }
    }

    @Override
    public void onCancel() {
      try {
        super.onCancel();
      } finally {
        then.run();
      }
    }
  }
}
