package dev.asterism.rpc;

import java.time.Duration;

/**
 * What a server grants.
 *
 * @param message the largest request, in bytes
 * @param headers the largest request headers, in bytes
 */
public record Limits(int message, int headers, Times times, Places places) {
  /** For services whose requests are small, and who may be called by anybody. */
  public static final Limits DEFAULT =
      new Limits(64 * 1024, 8 * 1024, Times.DEFAULT, Places.DEFAULT);

  public Limits {
    if (message <= 0 || headers <= 0) {
      throw new IllegalArgumentException("a limit is not positive");
    }
  }

  /**
   * How long things may take.
   *
   * @param hello from the connection to the end of the TLS ClientHello
   * @param handshake the rest of the TLS handshake, evidence and its verification on both sides
   *     included
   * @param preface from there to HTTP/2's first frames
   * @param idle a connection without calls is closed after this
   * @param request one call, from its first byte to the end of its request
   * @param call one call, from its first byte until its handler has answered
   * @param answer beyond that, until its client has taken the answer
   */
  public record Times(
      Duration hello,
      Duration handshake,
      Duration preface,
      Duration idle,
      Duration request,
      Duration call,
      Duration answer) {
    /** Each side may take 30 s to verify the other. */
    public static final Times DEFAULT =
        new Times(
            Duration.ofSeconds(5),
            Duration.ofSeconds(70),
            Duration.ofSeconds(10),
            Duration.ofMinutes(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    public Times {
      if (!hello.isPositive()
          || !handshake.isPositive()
          || !preface.isPositive()
          || !idle.isPositive()
          || !request.isPositive()
          || !call.isPositive()
          || !answer.isPositive()) {
        throw new IllegalArgumentException("a time limit is not positive");
      }
    }

    public Times withHello(Duration limit) {
      return new Times(limit, handshake, preface, idle, request, call, answer);
    }

    public Times withHandshake(Duration limit) {
      return new Times(hello, limit, preface, idle, request, call, answer);
    }

    public Times withPreface(Duration limit) {
      return new Times(hello, handshake, limit, idle, request, call, answer);
    }

    public Times withIdle(Duration limit) {
      return new Times(hello, handshake, preface, limit, request, call, answer);
    }

    public Times withRequest(Duration limit) {
      return new Times(hello, handshake, preface, idle, limit, call, answer);
    }

    public Times withCall(Duration limit) {
      return new Times(hello, handshake, preface, idle, request, limit, answer);
    }

    public Times withAnswer(Duration limit) {
      return new Times(hello, handshake, preface, idle, request, call, limit);
    }
  }

  /**
   * How many there may be at a time. One peer is one address; of IPv6, one /64.
   *
   * @param connections open, beginning and established
   * @param connectionsPerPeer of them, one peer's
   * @param streams calls on one connection; clients of ours wait with further ones
   * @param calls over all connections
   * @param callsPerPeer of them, one peer's
   * @param handshakeBytes that peers sent in their handshakes, of all connections; one may send a
   *     mebibyte, and judging it takes some ten times as much
   */
  public record Places(
      int connections,
      int connectionsPerPeer,
      int streams,
      int calls,
      int callsPerPeer,
      long handshakeBytes) {
    /** Of the heap, what strangers' handshakes may take before anything is done with them. */
    private static final int SHARE_OF_HEAP = 16;

    public static final Places DEFAULT =
        new Places(1024, 256, 16, 256, 64, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);

    public Places {
      if (connections < 1
          || connectionsPerPeer < 1
          || streams < 1
          || calls < 1
          || callsPerPeer < 1
          || handshakeBytes < 1) {
        throw new IllegalArgumentException("a limit is not positive");
      }
    }

    public Places withConnections(int all, int perPeer) {
      return new Places(all, perPeer, streams, calls, callsPerPeer, handshakeBytes);
    }

    public Places withStreams(int perConnection) {
      return new Places(
          connections, connectionsPerPeer, perConnection, calls, callsPerPeer, handshakeBytes);
    }

    public Places withCalls(int all, int perPeer) {
      return new Places(connections, connectionsPerPeer, streams, all, perPeer, handshakeBytes);
    }

    public Places withHandshakeBytes(long all) {
      return new Places(connections, connectionsPerPeer, streams, calls, callsPerPeer, all);
    }
  }

  public Limits withMessage(int bytes) {
    return new Limits(bytes, headers, times, places);
  }

  public Limits with(Times granted) {
    return new Limits(message, headers, granted, places);
  }

  public Limits with(Places granted) {
    return new Limits(message, headers, times, granted);
  }
}
