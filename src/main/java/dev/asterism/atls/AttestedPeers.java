package dev.asterism.atls;

import java.util.Optional;
import javax.net.ssl.SSLSession;

/** Finds who was attested on a connection. */
public final class AttestedPeers {
  private static final String VALUE = AttestedPeers.class.getName();

  /** The session beside the peer, so that a value copied to another session proves nothing. */
  private record Bound(SSLSession session, AttestedPeer peer) {}

  private AttestedPeers() {}

  static void bind(SSLSession session, AttestedPeer peer) {
    session.putValue(VALUE, new Bound(session, peer));
  }

  /**
   * The peer that was verified in this very connection's handshake.
   *
   * @param session of a finished handshake; gRPC has it in {@code Grpc.TRANSPORT_ATTR_SSL_SESSION}
   * @return empty where this side did not verify
   */
  @SuppressWarnings("ReferenceEquality") // Another session is another connection, however alike.
  public static Optional<AttestedPeer> of(SSLSession session) {
    return session.getValue(VALUE) instanceof Bound bound && bound.session() == session
        ? Optional.of(bound.peer())
        : Optional.empty();
  }
}
